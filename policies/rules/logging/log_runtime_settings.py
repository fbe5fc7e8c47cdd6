"""The settings that the runtime is started with decide what it may write to a log."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, logging_rule
from policies.rules._types import CONFIG_MAP
from policies.rules.logging._common import NO_CODE
from policies.rules.logging._settings import judge_logging, mounted

RULE = logging_rule(
    id="log-runtime-settings",
    title="Mounted runtime settings keep bodies, debug output and free text out of logs",
    severity=Severity.CRITICAL,
    applies_to=(CONFIG_MAP,),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="The runtime logs the fields of its allow-list; a field of free text in it lets code into every line.",
    remedy="mount the document of the stack's output runtimeSettings as it is",
    frameworks=NO_CODE,
)


@RULE.check
def keeps_code_out(node: Node, _: Case) -> Iterator[Finding]:
    for settings in mounted(node):
        yield from judge_logging(RULE, node, settings)
