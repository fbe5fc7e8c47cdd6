"""A database's query log holds what is written to it, value by value."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.logging._common import NO_CODE

EXPORTS = {
    "aws:rds/instance:Instance": "enabledCloudwatchLogsExports[*]",
    "aws:rds/cluster:Cluster": "enabledCloudwatchLogsExports[*]",
    "aws:docdb/cluster:Cluster": "enabledCloudwatchLogsExports[*]",
    "aws:neptune/cluster:Cluster": "enableCloudwatchLogsExports[*]",
}
QUOTING = ("general", "slowquery", "profiler")
PARAMETERS = (
    "aws:rds/parameterGroup:ParameterGroup",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
    "aws:redshift/parameterGroup:ParameterGroup",
)
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

PROXY = "aws:rds/proxy:Proxy"
CACHES = ("aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/cluster:Cluster")

RULE = Rule(
    id="log-database-queries",
    title="Databases, their proxies and caches log no statements",
    severity=Severity.HIGH,
    family=Family.LOGGING,
    applies_to=(*EXPORTS, *PARAMETERS, PROXY, *CACHES),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="Statements carry their values: chunks, prompts and answers go into the log as they go into the table.",
    remedy="export error and audit logs alone, and leave statement logging, slow logs and proxy debugging off",
    frameworks=NO_CODE,
)


@RULE.check
def logs_no_statements(node: Node, _: Case) -> Iterator[Finding]:
    if node.type in EXPORTS:
        yield from RULE.require(
            node, EXPORTS[node.type], lambda kind: kind not in QUOTING, "quotes statements", optional=True
        )
    elif node.type == PROXY:
        yield from RULE.require(node, "debugLogging", lambda on: on is False, "logs statements", optional=True)
    elif node.type in CACHES:
        path = "logDeliveryConfigurations[*].logType"
        yield from RULE.require(node, path, lambda kind: kind != "slow-log", "quotes commands", optional=True)
    else:
        yield from RULE.each(node, "parameters[*]", lambda found: _parameter(node, found))


def _parameter(node: Node, found: Found) -> Iterator[Finding]:
    name = found.value.get("name")
    if name in QUIET:
        quiet = QUIET[name]
        yield from RULE.require(
            node,
            f"{found.path}.value",
            lambda value: str(value).lower().replace(" ", "") in quiet,
            f"{name} must be one of {', '.join(quiet)}",
        )
