"""What a stack tells the runtime about logging stands in its outputs, whoever mounts them."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.logging._common import NO_CODE, STACK
from policies.rules.logging._settings import exported, judge_logging

RULE = Rule(
    id="log-settings-output",
    title="Exported runtime settings keep bodies, debug output and free text out of logs",
    severity=Severity.CRITICAL,
    family=Family.LOGGING,
    applies_to=(STACK,),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="The release mounts this document; what it allows is what every part of the runtime may log.",
    remedy="export stacks.settings.runtime_settings, which knows no switch for bodies",
    frameworks=NO_CODE,
    scope=Scope.STACK,
)


@RULE.check
def keeps_code_out(node: Node, _: Case) -> Iterator[Finding]:
    for settings in exported(node):
        yield from judge_logging(RULE, node, settings)
