"""An engine or a proxy that logs its requests logs the code in them."""

from collections.abc import Iterator

from policies.environments import Setting, settings_of
from policies.graph import Node
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Severity, logging_rule
from policies.rules.logging._common import NO_CODE
from policies.rules.logging._switches import KLOG_BODIES_FROM, is_klog_verbosity, is_off, logs_content

RULE = logging_rule(
    id="log-bodies",
    title="No workload is started with a switch that logs requests, prompts or bodies",
    severity=Severity.CRITICAL,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="Every request of a copilot contains code; a log of requests is a copy of the repository that nobody deletes.",
    remedy="take the switch out: the runtime logs the fields of its allow-list and has no switch for bodies",
    frameworks=NO_CODE,
)


@RULE.check
def logs_no_bodies(node: Node, _: Case) -> Iterator[Finding]:
    for setting in settings_of(node):
        if setting.name is None:
            yield RULE.undecided(node, setting.path)
        elif is_klog_verbosity(setting) and int(setting.text or "0") >= KLOG_BODIES_FROM:
            yield RULE.violation(node, setting.path, f"-v={setting.text} logs request bodies")
        elif logs_content(setting):
            yield from _switch(node, setting)


def _switch(node: Node, setting: Setting) -> Iterator[Finding]:
    if setting.text is None and not setting.is_flag:
        yield RULE.undecided(node, setting.path, f"{setting.name} is {setting.value!r}")
    elif setting.text is None or not is_off(setting.text):
        yield RULE.violation(node, setting.path, f"{setting.name} logs what it is sent: must not be set")
