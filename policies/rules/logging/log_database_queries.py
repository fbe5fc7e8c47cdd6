"""A database's query log contains what is written to it, value by value."""

from collections.abc import Iterator

from policies.conditions import Condition, Expectation
from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Finding, Requirement, Severity, logging_rule
from policies.rules._types import PARAMETER_GROUPS
from policies.rules.logging._common import NO_CODE

QUOTING = ("general", "slowquery", "profiler")
EXPORTS = {
    "aws:rds/instance:Instance": "enabledCloudwatchLogsExports[*]",
    "aws:rds/cluster:Cluster": "enabledCloudwatchLogsExports[*]",
    "aws:docdb/cluster:Cluster": "enabledCloudwatchLogsExports[*]",
    "aws:neptune/cluster:Cluster": "enableCloudwatchLogsExports[*]",
}
"""Type → path of the logs that it exports to CloudWatch."""

QUIET = {
    "general_log": ("0", "off"),
    "slow_query_log": ("0", "off"),
    "log_statement": ("none", "ddl"),
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
    "auto_explain.log_min_duration": ("-1",),
    "pgaudit.log": ("none", "ddl", "role", "ddl,role", "role,ddl"),
    "profiler": ("disabled", "none"),
    "enable_user_activity_logging": ("false", "0"),
}
"""Parameters that log statements, and the values that keep them from it."""

NO_QUOTES = Condition(lambda kind: kind not in QUOTING, "quotes statements")
NO_DEBUG = Condition(lambda on: on is False, "logs statements")
NO_SLOW_LOG = Expectation(
    "logDeliveryConfigurations[*].logType", Condition(lambda kind: kind != "slow-log", "quotes commands"), optional=True
)
CACHES = ("aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/cluster:Cluster")
PROXY = "aws:rds/proxy:Proxy"

RULE = logging_rule(
    id="log-database-queries",
    title="Databases, their proxies and caches log no statements",
    severity=Severity.HIGH,
    applies_to=(*EXPORTS, *PARAMETER_GROUPS, PROXY, *CACHES),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="Statements carry their values: chunks, prompts and answers go into the log as they go into the table.",
    remedy="export only error and audit logs, and leave statement logging, slow logs and proxy debugging off",
    frameworks=NO_CODE,
    expects={
        **{type_: (Expectation(path, NO_QUOTES, optional=True),) for type_, path in EXPORTS.items()},
        PROXY: (Expectation("debugLogging", NO_DEBUG, optional=True),),
        **dict.fromkeys(CACHES, (NO_SLOW_LOG,)),
    },
)


@RULE.check
def parameters_are_quiet(node: Node, _: Case) -> Iterator[Finding]:
    if node.type in PARAMETER_GROUPS:
        yield from RULE.each(node, "parameters[*]", lambda found: _parameter(node, found))


def _parameter(node: Node, found: Found) -> Iterator[Finding]:
    name = found.value.get("name")
    if name in QUIET:
        allowed = QUIET[name]
        quiet = Condition(
            lambda value: str(value).lower().replace(" ", "") in allowed, f"{name} must be {' or '.join(allowed)}"
        )
        yield from RULE.require(node, f"{found.path}.value", quiet)
