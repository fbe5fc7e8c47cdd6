"""An engine or a proxy that logs its requests logs the code in them."""

from collections.abc import Iterator, Mapping

from policies.environments import Setting, settings_of
from policies.graph import Node
from policies.rule import ANY_RESOURCE, Case, Family, Finding, Guard, Requirement, Rule, Severity
from policies.rules.logging._common import NO_CODE
from policies.rules.logging._switches import KLOG_BODIES_FROM, is_klog_verbosity, is_off, logs_content

DEPLOYMENT, JOB = "kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:Job"
FUNCTION, TASK = "aws:lambda/function:Function", "aws:ecs/taskDefinition:TaskDefinition"


def pod(**container: object) -> Mapping[str, object]:
    """Inputs of a workload with one container."""
    return {"spec": {"template": {"spec": {"containers": [{"name": "engine", **container}]}}}}


RULE = Rule(
    id="log-bodies",
    title="No workload is started with a switch that logs requests, prompts or bodies",
    severity=Severity.CRITICAL,
    family=Family.LOGGING,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="Every request of a copilot holds code; a log of requests is a copy of the repository that nobody deletes.",
    remedy="take the switch out: the runtime logs the fields of its allow-list and has no switch for bodies",
    frameworks=NO_CODE,
    guards=(
        Guard(
            type=DEPLOYMENT,
            add=(
                pod(args=["serve", "--enable-log-requests"]),
                pod(args=["--log-requests=true"]),
                pod(command=["sh", "-c", "exec trtllm-serve --log_request_body true"]),
                pod(args=["--v=9"]),
                pod(env=[{"name": "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "value": "span_only"}]),
                pod(env=[{"name": "ELASTIC_APM_CAPTURE_BODY", "value": "all"}]),
                pod(env=[{"name": "LOG_PROMPTS", "value": "1"}]),
            ),
        ),
        Guard(type=JOB, add=(pod(env=[{"name": "GIT_TRACE_PACKET", "value": "1"}]),)),
        Guard(type=FUNCTION, add=({"environment": {"variables": {"POWERTOOLS_LOGGER_LOG_EVENT": "true"}}},)),
        Guard(
            type=TASK,
            add=({"containerDefinitions": '[{"environment": [{"name": "LOG_REQUEST_BODY", "value": "yes"}]}]'},),
        ),
    ),
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
