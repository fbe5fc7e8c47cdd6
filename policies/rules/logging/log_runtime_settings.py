"""What the runtime may write to a log is decided by the document it is started with."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.logging._common import NO_CODE
from policies.rules.logging._settings import judge_logging, mounted

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"


RULE = Rule(
    id="log-runtime-settings",
    title="Mounted runtime settings keep bodies, debug output and free text out of logs",
    severity=Severity.CRITICAL,
    family=Family.LOGGING,
    applies_to=(CONFIG_MAP,),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="The runtime logs the fields of its allow-list; a field of text in it is a hole that every line goes through.",
    remedy="mount the document of the stack's output runtimeSettings as it is",
    frameworks=NO_CODE,
)


@RULE.check
def keeps_code_out(node: Node, _: Case) -> Iterator[Finding]:
    for settings in mounted(node):
        yield from judge_logging(RULE, node, settings)
