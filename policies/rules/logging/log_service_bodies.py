"""Managed services between caller and model can be set to log bodies."""

from policies.conditions import TRUE, Condition, Expectation
from policies.rule import Requirement, Severity, logging_rule
from policies.rules.logging._common import NO_CODE


def _off(path: str, what: str) -> Expectation:
    condition = Condition(lambda value: value is False or value == "false", f"{what}: must be false")
    return Expectation(path, condition, optional=True)


NOT_DELIVERED = Condition(lambda value: value is False, "delivers prompts and answers: must be false")
INVOCATIONS = tuple(  # AWS's default is on
    Expectation(f"loggingConfig.{kind}DataDeliveryEnabled", NOT_DELIVERED) for kind in ("text", "embedding", "image")
)

RULE = logging_rule(
    id="log-service-bodies",
    title="API gateways, state machines and model services log no bodies",
    severity=Severity.CRITICAL,
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="Prompts, answers and chunks pass through them; one switch copies all of it into a log.",
    remedy="switch data tracing, execution data, data capture and invocation logging off",
    frameworks=NO_CODE,
    expects={
        "aws:apigateway/methodSettings:MethodSettings": (
            _off("settings.dataTraceEnabled", "logs whole requests and answers"),
        ),
        "aws:apigatewayv2/stage:Stage": (
            _off("defaultRouteSettings.dataTraceEnabled", "logs whole messages"),
            _off("routeSettings[*].dataTraceEnabled", "logs whole messages"),
        ),
        "aws:sfn/stateMachine:StateMachine": (
            _off("loggingConfiguration.includeExecutionData", "logs inputs and outputs"),
        ),
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration": (
            _off("dataCaptureConfig.enableCapture", "stores prompts and answers"),
        ),
        "aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration": INVOCATIONS,
        "aws:bedrock/modelInvocationLoggingConfiguration:ModelInvocationLoggingConfiguration": INVOCATIONS,
        "aws:appsync/graphQLApi:GraphQLApi": (
            Expectation("logConfig.excludeVerboseContent", TRUE.because("bodies are logged otherwise")),
        ),
    },
    exempt=lambda node, _: node.type == "aws:appsync/graphQLApi:GraphQLApi" and node.inputs.get("logConfig") is None,
)
