"""Guards of the logging rules."""

import json
from collections.abc import Mapping

from policies.rules.logging.log_database_queries import CACHES, EXPORTS, QUOTING
from policies.rules.logging.log_group_retention import OFFERED
from policies.rules.logging.log_index_slow import SLOW
from tests.policies.guards.guard import Break, Guard


def pod(**container: object) -> Mapping[str, object]:
    """Inputs of a workload with one container."""
    return {"spec": {"template": {"spec": {"containers": [{"name": "engine", **container}]}}}}


def _mounting(bodies: bool, level: str, *fields: str) -> dict[str, object]:
    logging = {"bodies": bodies, "level": level, "allowed_fields": ["timestamp", *fields]}
    return {"data": {"settings.json": json.dumps({"schema_version": 1, "logging": logging})}}


GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "log-bodies": (
        Guard(
            "kubernetes:apps/v1:Deployment",
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
        Guard("kubernetes:batch/v1:Job", add=(pod(env=[{"name": "GIT_TRACE_PACKET", "value": "1"}]),)),
        Guard(
            "aws:lambda/function:Function",
            add=({"environment": {"variables": {"POWERTOOLS_LOGGER_LOG_EVENT": "true"}}},),
        ),
        Guard(
            "aws:ecs/taskDefinition:TaskDefinition",
            add=({"containerDefinitions": '[{"environment": [{"name": "LOG_REQUEST_BODY", "value": "yes"}]}]'},),
        ),
    ),
    "log-bucket-access": (
        Guard("aws:s3/bucketLogging:BucketLogging", drop=True),
        Guard("aws:s3/bucket:Bucket", add=({"bucket": "unwatched"},)),
    ),
    "log-code-events": (
        Guard("aws:cloudtrail/trail:Trail", "advancedEventSelectors", breaks=(Break.REMOVE,), values=([],)),
        Guard("aws:cloudtrail/trail:Trail", "advancedEventSelectors[1]", breaks=(Break.REMOVE,)),
        Guard(
            "aws:cloudtrail/trail:Trail",
            "advancedEventSelectors[1].fieldSelectors[2].startsWiths",
            values=(["arn:aws:s3:::other/"],),
        ),
        Guard(
            "aws:cloudtrail/trail:Trail",
            "advancedEventSelectors[1].fieldSelectors[1].equals",
            values=(["AWS::Lambda::Function"],),
        ),
    ),
    "log-control-plane": (
        Guard("aws:eks/cluster:Cluster", "enabledClusterLogTypes", breaks=(Break.REMOVE,), values=([], ["api"])),
        Guard("aws:eks/cluster:Cluster", "enabledClusterLogTypes[*]", breaks=(Break.REMOVE,)),
    ),
    "log-data-protection": (
        Guard("aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy", drop=True),
        Guard(
            "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
            "policyDocument|Statement[1]",
            breaks=(Break.REMOVE,),
        ),
        Guard(
            "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
            "policyDocument|Statement[1].Operation",
            breaks=(Break.REMOVE,),
        ),
        Guard(
            "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
            "policyDocument|Statement[1].DataIdentifier",
            values=([],),
        ),
        Guard("aws:cloudwatch/logGroup:LogGroup", add=({"name": "/aws/lambda/hook"}, {"name": "/ecs/gateway"})),
    ),
    "log-database-queries": (
        *(
            Guard(token, add=({path.removesuffix("[*]"): ["error", quoting]},))
            for token, path in EXPORTS.items()
            for quoting in QUOTING
        ),
        Guard(
            "aws:rds/parameterGroup:ParameterGroup",
            add=tuple(
                (
                    {"parameters": [{"name": name, "value": value}]}
                    for name, value in (
                        ("log_statement", "all"),
                        ("general_log", "1"),
                        ("slow_query_log", "ON"),
                        ("log_min_duration_statement", "500"),
                        ("pgaudit.log", "read,write"),
                    )
                )
            ),
        ),
        Guard("aws:rds/proxy:Proxy", add=({"engineFamily": "POSTGRESQL", "debugLogging": True},)),
        *(Guard(each, add=({"logDeliveryConfigurations": [{"logType": "slow-log"}]},)) for each in CACHES),
    ),
    "log-debug": (
        Guard(
            "kubernetes:apps/v1:Deployment",
            add=(
                pod(env=[{"name": "VLLM_LOGGING_LEVEL", "value": "DEBUG"}]),
                pod(env=[{"name": "TLLM_LOG_LEVEL", "value": "TRACE"}]),
                pod(env=[{"name": "RUST_LOG", "value": "info,hyper=trace"}]),
                pod(env=[{"name": "DEBUG", "value": "*"}]),
                pod(args=["--log-level", "debug"]),
                pod(args=["--log_level=verbose"]),
                pod(args=["--debug"]),
            ),
        ),
        Guard(
            "aws:lambda/function:Function",
            add=(
                {"environment": {"variables": {"LOG_LEVEL": "trace"}}},
                {"loggingConfig": {"logFormat": "JSON", "applicationLogLevel": "DEBUG"}},
            ),
        ),
        Guard("kubernetes:core/v1:ConfigMap", add=({"data": {"LOG_LEVEL": "debug"}},)),
    ),
    "log-detectors": (
        Guard("aws:guardduty/detector:Detector", "enable", breaks=(Break.FLIP,)),
        Guard("aws:guardduty/detector:Detector", drop=True),
        Guard(
            "aws:guardduty/detectorFeature:DetectorFeature",
            "status",
            breaks=(Break.REMOVE,),
            values=("DISABLED",),
        ),
        Guard("aws:guardduty/detectorFeature:DetectorFeature", drop=True),
    ),
    "log-dns-queries": (
        Guard("aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation", drop=True),
        Guard("aws:ec2/vpc:Vpc", add=({"cidrBlock": "10.9.0.0/16"},)),
    ),
    "log-egress-firewall": (
        Guard("aws:networkfirewall/loggingConfiguration:LoggingConfiguration", drop=True),
        Guard(
            "aws:networkfirewall/loggingConfiguration:LoggingConfiguration",
            "loggingConfiguration.logDestinationConfigs",
            breaks=(Break.REMOVE,),
            values=([], [{"logType": "FLOW"}]),
        ),
        Guard("aws:networkfirewall/firewall:Firewall", add=({"name": "silent"},)),
    ),
    "log-group-key": (
        Guard("aws:cloudwatch/logGroup:LogGroup", "kmsKeyId", breaks=(Break.REMOVE,), values=("alias/aws/logs",)),
        Guard("aws:cloudwatch/logGroup:LogGroup", add=({"name": "/somebody/else", "retentionInDays": 30},)),
    ),
    "log-group-retention": (
        Guard(
            "aws:cloudwatch/logGroup:LogGroup",
            "retentionInDays",
            breaks=(Break.REMOVE,),
            values=(0, OFFERED[-1]),
        ),
        Guard("aws:cloudwatch/logGroup:LogGroup", add=({"name": "/somebody/else"},)),
    ),
    "log-index-audit": (
        Guard("aws:opensearch/domain:Domain", "logPublishingOptions[0].enabled", values=(False,)),
        Guard("aws:opensearch/domain:Domain", "logPublishingOptions", breaks=(Break.REMOVE,), values=([],)),
        Guard("aws:opensearch/domain:Domain", "logPublishingOptions[0].logType", values=("ES_APPLICATION_LOGS",)),
        Guard("aws:elasticsearch/domain:Domain", add=({"domainName": "old"},)),
    ),
    "log-index-slow": (
        Guard("aws:opensearch/domain:Domain", "logPublishingOptions[*].logType", values=SLOW),
        Guard(
            "aws:elasticsearch/domain:Domain",
            add=tuple(
                {
                    "logPublishingOptions": [
                        {
                            "logType": each,
                            "cloudwatchLogGroupArn": "arn:aws:logs:eu-central-1:111122223333:log-group:slow",
                        }
                    ]
                }
                for each in SLOW
            ),
        ),
    ),
    "log-prompt-storage": (
        Guard(
            "pulumi:pulumi:Stack",
            "runtimeSettings.prompt_storage.enabled",
            values=(True,),
            when=lambda facts: not facts.prompt_storage.get("enabled"),
        ),
        *(
            Guard(
                "pulumi:pulumi:Stack",
                f"runtimeSettings.prompt_storage.{field}",
                values=values,
                when=lambda facts: facts.prompt_storage.get("enabled") is True,
            )
            for field, values in (("redaction", (False,)), ("retention_days", (0, 365)), ("approved_by", ("", None)))
        ),
        Guard("aws:s3/bucket:Bucket", add=({"bucket": "kept", "tags": {"codekeep:data-class": "prompt"}},)),
    ),
    "log-runtime-settings": (
        Guard(
            "kubernetes:core/v1:ConfigMap",
            add=(_mounting(True, "info"), _mounting(False, "debug"), _mounting(False, "info", "prompt")),
        ),
    ),
    "log-service-bodies": (
        Guard("aws:apigateway/methodSettings:MethodSettings", add=({"settings": {"dataTraceEnabled": True}},)),
        Guard("aws:apigatewayv2/stage:Stage", add=({"defaultRouteSettings": {"dataTraceEnabled": True}},)),
        Guard("aws:sfn/stateMachine:StateMachine", add=({"loggingConfiguration": {"includeExecutionData": True}},)),
        Guard(
            "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
            add=({"dataCaptureConfig": {"enableCapture": True}},),
        ),
        Guard(
            "aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration",
            add=({"loggingConfig": {"textDataDeliveryEnabled": True}}, {"loggingConfig": {}}),
        ),
        Guard("aws:appsync/graphQLApi:GraphQLApi", add=({"logConfig": {"fieldLogLevel": "ALL"}},)),
    ),
    "log-settings-output": (
        Guard("pulumi:pulumi:Stack", "runtimeSettings.logging.bodies", breaks=(Break.REMOVE, Break.FLIP)),
        Guard(
            "pulumi:pulumi:Stack",
            "runtimeSettings.logging.level",
            breaks=(Break.REMOVE,),
            values=("debug", "trace"),
        ),
        Guard("pulumi:pulumi:Stack", "runtimeSettings.logging.allowed_fields[*]", values=("prompt",)),
        Guard("pulumi:pulumi:Stack", "runtimeSettings.logging", breaks=(Break.REMOVE,)),
    ),
    "log-trail": (
        Guard("aws:cloudtrail/trail:Trail", "enableLogging", breaks=(Break.FLIP,)),
        Guard("aws:cloudtrail/trail:Trail", "isMultiRegionTrail", breaks=(Break.REMOVE, Break.FLIP)),
        Guard("aws:cloudtrail/trail:Trail", "includeGlobalServiceEvents", breaks=(Break.FLIP,)),
        Guard("aws:cloudtrail/trail:Trail", "enableLogFileValidation", breaks=(Break.REMOVE, Break.FLIP)),
        Guard("aws:cloudtrail/trail:Trail", "kmsKeyId", breaks=(Break.REMOVE,)),
        Guard("aws:cloudtrail/trail:Trail", "cloudWatchLogsGroupArn", breaks=(Break.REMOVE,), values=("",)),
    ),
    "log-trail-alarms": (Guard("aws:cloudtrail/trail:Trail", "cloudWatchLogsGroupArn", breaks=(Break.REMOVE,)),),
    "log-vpc-flows": (
        Guard("aws:ec2/flowLog:FlowLog", drop=True),
        Guard("aws:ec2/flowLog:FlowLog", "trafficType", breaks=(Break.REMOVE,), values=("ACCEPT", "REJECT")),
        Guard("aws:ec2/vpc:Vpc", add=({"cidrBlock": "10.9.0.0/16"},)),
    ),
}
