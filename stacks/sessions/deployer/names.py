"""ARNs of a stack's resources, as far as its program names them.

Exact: no pattern tells keep `acme` from keep `acme-eu` in an account of both, since `codekeep-acme-*` is about either.
A star for the region is also about ARNs without one, as of budgets and dashboards.
Sources: Service Authorization Reference, "Resource types defined by" each service; AWS Secrets Manager User Guide,
"Permissions policy examples", for the six random characters.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from policies.graph import Node, ResourceGraph

CLUSTER: Final = "aws:eks/cluster:Cluster"
SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
# By service: type, input with the name, what ARNs end with. A slash ends a name: what is below it is the keep's.
NAMED: Final[Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]]] = {
    "access-analyzer": (("aws:accessanalyzer/analyzer:Analyzer", "analyzerName", ("analyzer/{name}",)),),
    "budgets": (("aws:budgets/budget:Budget", "name", ("budget/{name}",)),),
    "cloudtrail": (("aws:cloudtrail/trail:Trail", "name", ("trail/{name}",)),),
    "cloudwatch": (
        ("aws:cloudwatch/compositeAlarm:CompositeAlarm", "alarmName", ("alarm:{name}",)),
        ("aws:cloudwatch/dashboard:Dashboard", "dashboardName", ("dashboard/{name}",)),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "name", ("alarm:{name}",)),
    ),
    "eks": (
        (CLUSTER, "name", ("*/{name}", "*/{name}/*")),
        ("aws:eks/podIdentityAssociation:PodIdentityAssociation", "clusterName", ("*/{name}", "*/{name}/*")),
    ),
    "elasticloadbalancing": (
        ("aws:lb/loadBalancer:LoadBalancer", "name", ("loadbalancer/net/{name}/*", "listener/net/{name}/*")),
        ("aws:lb/targetGroup:TargetGroup", "name", ("targetgroup/{name}/*",)),
    ),
    "es": (("aws:opensearch/domain:Domain", "domainName", ("domain/{name}",)),),
    "events": (("aws:cloudwatch/eventRule:EventRule", "name", ("rule/{name}",)),),
    "kms": (("aws:kms/alias:Alias", "name", ("{name}",)),),
    "network-firewall": (
        ("aws:networkfirewall/firewall:Firewall", "name", ("firewall/{name}",)),
        ("aws:networkfirewall/firewallPolicy:FirewallPolicy", "name", ("firewall-policy/{name}",)),
        ("aws:networkfirewall/ruleGroup:RuleGroup", "name", ("stateful-rulegroup/{name}",)),
    ),
    "s3": (("aws:s3/bucket:Bucket", "bucket", ("{name}", "{name}/*")),),
    "secretsmanager": ((SECRET, "name", ("secret:{name}-??????",)),),
    "sns": (("aws:sns/topic:Topic", "name", ("{name}",)),),
    "sqs": (("aws:sqs/queue:Queue", "name", ("{name}",)),),
    "ssm": (("aws:ssm/parameter:Parameter", "name", ("parameter{name}",)),),  # the name begins with a slash
}
SUFFIX: Final = "-???????"  # of a name that Pulumi makes of the logical name


def arns(graph: ResourceGraph, service: str, prefix: str) -> list[str]:
    """ARNs of the resources of a service that the stack uses, after `prefix`: `arn:aws:sqs:*:111122223333:`."""
    return sorted(
        {
            prefix + end.format(name=name)
            for token, field, ends in NAMED[service]
            for node in graph.of_type(token)
            for name in _names(node, field)
            for end in ends
        }
    )


def clusters(graph: ResourceGraph) -> list[str]:
    """Names of the clusters that the stack makes or uses."""
    return sorted(
        {name for token, field, _ in NAMED["eks"] for node in graph.of_type(token) for name in _names(node, field)}
    )


def _names(node: Node, field: str) -> Iterator[str]:
    name = node.inputs.get(field)
    yield name if isinstance(name, str) else f"{node.name}{SUFFIX}"
