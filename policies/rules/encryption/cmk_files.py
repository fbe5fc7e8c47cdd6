"""Shared file systems contain clones and models."""

from policies.rule import Requirement, Severity, encryption_rule
from policies.rules.encryption._at_rest import FRAMEWORKS, at_rest

RULE = encryption_rule(
    id="cmk-files",
    title="File systems are encrypted with the keep's own keys",
    severity=Severity.HIGH,
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="A file system that many nodes share collects complete working trees.",
    remedy="set kmsKeyId to the key of data class code or model",
    frameworks={**FRAMEWORKS, "CIS AWS": ("2.3.1",)},
    expects={
        "aws:efs/fileSystem:FileSystem": at_rest("kmsKeyId", "encrypted"),
        "aws:fsx/lustreFileSystem:LustreFileSystem": at_rest("kmsKeyId"),
        "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": at_rest("kmsKeyId"),
        "aws:fsx/ontapFileSystem:OntapFileSystem": at_rest("kmsKeyId"),
        "aws:fsx/windowsFileSystem:WindowsFileSystem": at_rest("kmsKeyId"),
    },
)
