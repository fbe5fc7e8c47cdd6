"""Every name that a keep of the longest allowed name gives to AWS is one that AWS takes."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest
from codekeep_contracts.physical_names import BUCKET_NAME_MAX, LOAD_BALANCER_NAME_MAX, longest_tenant
from codekeep_contracts.roles import BucketRole

from policies.graph.model import ResourceGraph
from stacks.spec import check, check_platform
from stacks.spec.regions import REGIONS
from tests.stacks.documents import changed, document
from tests.stacks.programs import PLATFORM, answered, graph_of, recorded

STACKS = ["demo", "acme", "pico", PLATFORM]
LONGEST_REGION = max(sorted(REGIONS), key=len)
LONGEST = {"demo": 16, "acme": 16, "pico": 16, PLATFORM: 16}  # in eu-central-1

# Type and property of a name of ours -> service and shape in botocore's models.
SHAPES = {
    ("aws:accessanalyzer/analyzer:Analyzer", "analyzerName"): ("accessanalyzer", "Name"),
    ("aws:budgets/budget:Budget", "name"): ("budgets", "BudgetName"),
    ("aws:cloudwatch/compositeAlarm:CompositeAlarm", "alarmName"): ("cloudwatch", "AlarmName"),
    ("aws:cloudwatch/eventRule:EventRule", "name"): ("events", "RuleName"),
    ("aws:cloudwatch/logGroup:LogGroup", "name"): ("logs", "LogGroupName"),
    ("aws:cloudwatch/logMetricFilter:LogMetricFilter", "name"): ("logs", "FilterName"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "name"): ("cloudwatch", "AlarmName"),
    ("aws:ecr/repository:Repository", "name"): ("ecr", "RepositoryName"),
    ("aws:eks/cluster:Cluster", "name"): ("eks", "ClusterName"),
    ("aws:iam/policy:Policy", "name"): ("iam", "policyNameType"),
    ("aws:iam/role:Role", "name"): ("iam", "roleNameType"),
    ("aws:kms/alias:Alias", "name"): ("kms", "AliasNameType"),
    ("aws:kms/grant:Grant", "name"): ("kms", "GrantNameType"),
    ("aws:networkfirewall/firewall:Firewall", "name"): ("network-firewall", "ResourceName"),
    ("aws:networkfirewall/firewallPolicy:FirewallPolicy", "name"): ("network-firewall", "ResourceName"),
    ("aws:networkfirewall/ruleGroup:RuleGroup", "name"): ("network-firewall", "ResourceName"),
    ("aws:opensearch/domain:Domain", "domainName"): ("opensearch", "DomainName"),
    ("aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList", "name"): ("route53resolver", "Name"),
    ("aws:route53/resolverFirewallRule:ResolverFirewallRule", "name"): ("route53resolver", "Name"),
    ("aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup", "name"): ("route53resolver", "Name"),
    ("aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation", "name"): (
        "route53resolver",
        "Name",
    ),
    ("aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig", "name"): (
        "route53resolver",
        "ResolverQueryLogConfigName",
    ),
    ("aws:ssm/parameter:Parameter", "name"): ("ssm", "PSParameterName"),
}

# Where the models say nothing: the longest, and what a name must match. Read in November 2026.
OTHERS = {
    # Amazon S3 User Guide, "General purpose bucket naming rules"
    ("aws:s3/bucket:Bucket", "bucket"): (BUCKET_NAME_MAX, r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]+[a-z0-9]"),
    # Elastic Load Balancing API Reference, CreateLoadBalancer and CreateTargetGroup
    ("aws:lb/loadBalancer:LoadBalancer", "name"): (
        LOAD_BALANCER_NAME_MAX,
        r"(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?",
    ),
    ("aws:lb/targetGroup:TargetGroup", "name"): (LOAD_BALANCER_NAME_MAX, r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"),
    # Amazon SQS API Reference, CreateQueue
    ("aws:sqs/queue:Queue", "name"): (80, r"[A-Za-z0-9_-]+"),
    # Amazon SNS API Reference, CreateTopic and SetTopicAttributes
    ("aws:sns/topic:Topic", "name"): (256, r"[A-Za-z0-9_-]+"),
    ("aws:sns/topic:Topic", "displayName"): (100, r".+"),
    # AWS CloudTrail User Guide, "Naming requirements for CloudTrail resources"
    ("aws:cloudtrail/trail:Trail", "name"): (128, r"[A-Za-z0-9](?!.*[._-]{2})[A-Za-z0-9._-]+[A-Za-z0-9]"),
    # Amazon CloudWatch API Reference, PutDashboard
    ("aws:cloudwatch/dashboard:Dashboard", "dashboardName"): (255, r"[A-Za-z0-9_-]+"),
    # Amazon CloudWatch Logs documentation of PutResourcePolicy gives no limit; IAM's for names of policies
    ("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "policyName"): (128, r"[\w+=,.@-]+"),
}
# Properties that name another resource or are no name.
ELSEWHERE = {"clusterName", "logGroupName", "s3BucketName", "namespace"}


@cache
def model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def limits(service: str, shape: str) -> tuple[int, str]:
    metadata = model(service).shape_for(shape).metadata
    return metadata["max"], metadata.get("pattern", ".*")


def longest_graph(stack: str) -> ResourceGraph:
    """The stack's graph under the longest name that its spec may have."""
    spec = changed(document(stack), "name", "n" * LONGEST[stack])
    outputs = {PLATFORM: answered(graph_of(PLATFORM).outputs)} if stack == "pico" else {}
    return recorded(stack, spec, outputs)


def names(graph: ResourceGraph, tenant: str) -> Iterator[tuple[str, str, str]]:
    """Type, property and value of each name inside AWS that derives from the tenant's."""
    for node in graph.resources:
        for name, value in node.inputs.items() if node.type.startswith("aws:") else ():
            is_name = name in {"bucket", "name"} or name.endswith("Name")
            if is_name and isinstance(value, str) and tenant in value and "${" not in value and name not in ELSEWHERE:
                yield node.type, name, value


@pytest.mark.parametrize("stack", STACKS)
def test_the_longest_name_is_taken_by_the_program_and_by_aws(stack: str) -> None:
    found = list(names(longest_graph(stack), "n" * LONGEST[stack]))
    assert len(found) >= 30
    for resource_type, name, value in found:
        if resource_type == "aws:s3/bucketReplicationConfig:BucketReplicationConfig":
            continue  # names a bucket of the table
        key = (resource_type, name)
        longest, pattern = limits(*SHAPES[key]) if key in SHAPES else OTHERS[key]
        assert len(value) <= longest, (resource_type, value)
        assert re.fullmatch(pattern.replace("(?i)", ""), value), (resource_type, value, pattern)


@pytest.mark.parametrize("stack", STACKS)
def test_the_spec_allows_the_longest_name_and_no_longer_one(stack: str) -> None:
    judge = check_platform if stack == PLATFORM else check
    longest = LONGEST[stack]
    assert [each.path for each in judge(changed(document(stack), "name", "n" * longest))] == []
    (problem,) = judge(changed(document(stack), "name", "n" * (longest + 1)))
    assert problem.path == "name"
    assert "codekeep-nnnnnnnnnnnnnnnnn-access-logs-<account id>-eu-central-1 would have 64" in problem.got
    assert problem.allowed.startswith("at most 16 characters in eu-central-1")


def test_the_longest_region_leaves_fourteen_characters() -> None:
    assert longest_tenant(BucketRole.ACCESS_LOGS, LONGEST_REGION) == 14
    assert max(BucketRole, key=len) is BucketRole.ACCESS_LOGS


def test_a_name_that_load_balancers_reserve_is_refused() -> None:
    problems = check(changed(document("demo"), "name", "internal"))
    assert ["internal-entry" in each.got for each in problems] == [True]
    assert check(changed(document("demo"), "name", "internals")) == []
