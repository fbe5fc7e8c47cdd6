"""Managed services between caller and model log bodies where one lets them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.logging._common import NO_CODE


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A property, what it must be, and whether leaving it out is as good."""

    path: str
    holds: Callable[[Any], bool]
    message: str
    optional: bool = True


def _off(path: str, message: str) -> Switch:
    return Switch(path=path, holds=lambda value: value is False or value == "false", message=message)


METHODS, ROUTES = "aws:apigateway/methodSettings:MethodSettings", "aws:apigatewayv2/stage:Stage"
GRAPHQL, MACHINE = "aws:appsync/graphQLApi:GraphQLApi", "aws:sfn/stateMachine:StateMachine"
ENDPOINT = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
INVOCATIONS = "aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration"
OLD_INVOCATIONS = "aws:bedrock/modelInvocationLoggingConfiguration:ModelInvocationLoggingConfiguration"
DELIVERED = tuple(
    Switch(
        path=f"loggingConfig.{kind}DataDeliveryEnabled",
        holds=lambda value: value is False,
        message="delivers prompts and answers: must be false",
        optional=False,  # AWS's default is on
    )
    for kind in ("text", "embedding", "image")
)

SWITCHES: Mapping[str, tuple[Switch, ...]] = {
    METHODS: (_off("settings.dataTraceEnabled", "logs whole requests and answers: must be false"),),
    ROUTES: (
        _off("defaultRouteSettings.dataTraceEnabled", "logs whole messages: must be false"),
        _off("routeSettings[*].dataTraceEnabled", "logs whole messages: must be false"),
    ),
    MACHINE: (_off("loggingConfiguration.includeExecutionData", "logs inputs and outputs: must be false"),),
    ENDPOINT: (_off("dataCaptureConfig.enableCapture", "stores prompts and answers: must be false"),),
    INVOCATIONS: DELIVERED,
    OLD_INVOCATIONS: DELIVERED,
}

RULE = Rule(
    id="log-service-bodies",
    title="API gateways, state machines and model services log no bodies",
    severity=Severity.CRITICAL,
    family=Family.LOGGING,
    applies_to=(*SWITCHES, GRAPHQL),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="What passes through them are prompts, answers and chunks; one switch copies all of it into a log.",
    remedy="switch data tracing, execution data, data capture and invocation logging off",
    frameworks=NO_CODE,
)


@RULE.check
def logs_no_bodies(node: Node, _: Case) -> Iterator[Finding]:
    for switch in SWITCHES.get(node.type, ()):
        yield from RULE.require(node, switch.path, switch.holds, switch.message, optional=switch.optional)
    if node.type == GRAPHQL and node.inputs.get("logConfig") is not None:
        yield from RULE.require(
            node, "logConfig.excludeVerboseContent", lambda value: value is True, "must be true, or bodies are logged"
        )
