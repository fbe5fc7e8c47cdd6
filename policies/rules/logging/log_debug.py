"""At level debug, libraries log what they were handed."""

from collections.abc import Iterator

from policies.environments import Setting, settings_of
from policies.graph import Node
from policies.rule import ANY_RESOURCE, Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.logging._common import NO_CODE
from policies.rules.logging._switches import is_debug_switch, is_off, is_talkative, sets_level

FUNCTION = "aws:lambda/function:Function"
LAMBDA_LEVEL = "loggingConfig.applicationLogLevel"

RULE = Rule(
    id="log-debug",
    title="No workload runs at log level debug or trace",
    severity=Severity.HIGH,
    family=Family.LOGGING,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="Debug output of engines, HTTP clients and SDKs holds prompts, headers and bodies, whatever our own code logs.",
    remedy="set the level to info or higher; reproduce the fault in the sandbox, where there is no customer's code",
    frameworks=NO_CODE,
)


@RULE.check
def talks_little(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == FUNCTION:
        yield from RULE.require(
            node, LAMBDA_LEVEL, lambda level: not is_talkative(str(level)), "must be INFO or higher", optional=True
        )
    for setting in settings_of(node):
        if sets_level(setting):
            yield from _level(node, setting)


def _level(node: Node, setting: Setting) -> Iterator[Finding]:
    if setting.text is None and not setting.is_flag:
        yield RULE.undecided(node, setting.path, f"{setting.name} is {setting.value!r}")
    elif is_debug_switch(setting):
        if setting.text is None or not is_off(setting.text):
            yield RULE.violation(node, setting.path, f"{setting.name} is on: must not be set")
    elif setting.text and is_talkative(setting.text):
        yield RULE.violation(node, setting.path, f"{setting.name} is {setting.text!r}: must be info or higher")
