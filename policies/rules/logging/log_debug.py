"""At level debug, libraries log the data that they process."""

from collections.abc import Iterator

from policies.conditions import Condition, Expectation
from policies.environments import Setting, settings_of
from policies.graph import Node
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Severity, logging_rule
from policies.rules.logging._common import NO_CODE
from policies.rules.logging._switches import is_debug_switch, is_off, is_talkative, sets_level

QUIET = Condition(lambda level: not is_talkative(str(level)), "must be INFO or higher")

RULE = logging_rule(
    id="log-debug",
    title="No workload runs at log level debug or trace",
    severity=Severity.HIGH,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="Debug output of engines, HTTP clients and SDKs contains prompts, headers and bodies, whatever our code logs.",
    remedy="set the level to info or higher; reproduce the fault in the sandbox, where there is no customer's code",
    frameworks=NO_CODE,
    expects={"aws:lambda/function:Function": (Expectation("loggingConfig.applicationLogLevel", QUIET, optional=True),)},
)


@RULE.check
def logs_at_info(node: Node, _: Case) -> Iterator[Finding]:
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
