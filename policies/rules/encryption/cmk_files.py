"""Shared file systems hold clones and models."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.encryption._keys import FRAMEWORKS, AtRest, encrypted

TYPES = {
    "aws:efs/fileSystem:FileSystem": AtRest(switch="encrypted", key="kmsKeyId"),
    "aws:fsx/lustreFileSystem:LustreFileSystem": AtRest(key="kmsKeyId"),
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": AtRest(key="kmsKeyId"),
    "aws:fsx/ontapFileSystem:OntapFileSystem": AtRest(key="kmsKeyId"),
    "aws:fsx/windowsFileSystem:WindowsFileSystem": AtRest(key="kmsKeyId"),
}

RULE = Rule(
    id="cmk-files",
    title="File systems are encrypted with the keep's own keys",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=tuple(TYPES),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="A file system shared by many nodes is where whole working trees come to lie.",
    remedy="set kmsKeyId to the key of data class code or model",
    frameworks={**FRAMEWORKS, "CIS AWS": ("2.3.1",)},
)


@RULE.check
def encrypts_files(node: Node, _: Case) -> Iterator[Finding]:
    yield from encrypted(RULE, node, TYPES)
