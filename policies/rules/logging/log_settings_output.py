"""The settings in a stack's outputs decide what the runtime may log."""

from collections.abc import Iterator

from policies.graph import Node
from policies.graph.model import STACK_TYPE
from policies.rule import Case, Finding, Requirement, Scope, Severity, logging_rule
from policies.rules.logging._common import NO_CODE
from policies.rules.logging._settings import exported, judge_logging

RULE = logging_rule(
    id="log-settings-output",
    title="Exported runtime settings keep bodies, debug output and free text out of logs",
    severity=Severity.CRITICAL,
    applies_to=(STACK_TYPE,),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="The release mounts this document; what it allows is what every part of the runtime may log.",
    remedy="export stacks.settings.runtime_settings, which has no switch for bodies",
    frameworks=NO_CODE,
    scope=Scope.STACK,
)


@RULE.check
def keeps_code_out(node: Node, _: Case) -> Iterator[Finding]:
    for settings in exported(node):
        yield from judge_logging(RULE, node, settings)
