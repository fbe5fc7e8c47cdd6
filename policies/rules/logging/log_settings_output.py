"""What a stack tells the runtime about logging stands in its outputs, whoever mounts them."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Break, Case, Family, Finding, Guard, Requirement, Rule, Scope, Severity
from policies.rules.logging._common import NO_CODE, STACK
from policies.rules.logging._settings import OUTPUT, exported, judge_logging

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
    guards=(
        Guard(type=STACK, path=f"{OUTPUT}.logging.bodies", breaks=(Break.REMOVE, Break.FLIP)),
        Guard(type=STACK, path=f"{OUTPUT}.logging.level", breaks=(Break.REMOVE,), values=("debug", "trace")),
        Guard(type=STACK, path=f"{OUTPUT}.logging.allowed_fields[*]", values=("prompt",)),
        Guard(type=STACK, path=f"{OUTPUT}.logging", breaks=(Break.REMOVE,)),
    ),
)


@RULE.check
def keeps_code_out(node: Node, _: Case) -> Iterator[Finding]:
    for settings in exported(node):
        yield from judge_logging(RULE, node, settings)
