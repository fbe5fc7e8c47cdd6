"""Two keeps in one account whose names begin alike: neither's deployer reaches what is the other's."""

from collections.abc import Iterator
from functools import cache
from itertools import permutations
from typing import Any

import pytest

from awsread.iam.ec2 import FOUND, MADE
from awsread.iam.patterns import resource_like
from policies.graph import ResourceGraph
from stacks.sessions.deployer.ec2 import _layers
from stacks.sessions.deployer.policy import DeployerRole, role_for
from stacks.spec import parse
from tests.stacks.documents import document
from tests.stacks.programs import recorded

NAMES = ("demo", "demo-eu", "demo-git")  # `demo-git-ghe-token` is a secret of demo
ACCOUNT = "111122223333"
SHARED = "aws-service-role"  # AWS's, one in each account
BALANCING = "arn:aws:elasticloadbalancing:eu-central-1:{0}"
# By type: where its name is, and its ARN; Pulumi makes a name of seven random characters, and AWS adds six.
ARNS = {
    "aws:accessanalyzer/analyzer:Analyzer": ("analyzerName", "arn:aws:access-analyzer:eu-central-1:{0}:analyzer/{1}"),
    "aws:budgets/budget:Budget": ("name", "arn:aws:budgets::{0}:budget/{1}"),
    "aws:cloudtrail/trail:Trail": ("name", "arn:aws:cloudtrail:eu-central-1:{0}:trail/{1}"),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": ("alarmName", "arn:aws:cloudwatch:eu-central-1:{0}:alarm:{1}"),
    "aws:cloudwatch/dashboard:Dashboard": ("dashboardName", "arn:aws:cloudwatch::{0}:dashboard/{1}"),
    "aws:cloudwatch/eventRule:EventRule": ("name", "arn:aws:events:eu-central-1:{0}:rule/{1}"),
    "aws:cloudwatch/logGroup:LogGroup": ("name", "arn:aws:logs:eu-central-1:{0}:log-group:{1}"),
    "aws:ecr/repository:Repository": ("name", "arn:aws:ecr:eu-central-1:{0}:repository/{1}"),
    "aws:eks/cluster:Cluster": ("name", "arn:aws:eks:eu-central-1:{0}:cluster/{1}"),
    "aws:eks/addon:Addon": ("addonName", "arn:aws:eks:eu-central-1:{0}:addon/{keep}/{1}/5e8f"),
    "aws:iam/policy:Policy": ("name", "arn:aws:iam::{0}:policy/{1}"),
    "aws:iam/role:Role": ("name", "arn:aws:iam::{0}:role/{1}"),
    "aws:kms/alias:Alias": ("name", "arn:aws:kms:eu-central-1:{0}:{1}"),
    "aws:lb/loadBalancer:LoadBalancer": (
        "name",
        "arn:aws:elasticloadbalancing:eu-central-1:{0}:loadbalancer/net/{1}/5",
    ),
    "aws:lb/targetGroup:TargetGroup": ("name", "arn:aws:elasticloadbalancing:eu-central-1:{0}:targetgroup/{1}/5"),
    "aws:opensearch/domain:Domain": ("domainName", "arn:aws:es:eu-central-1:{0}:domain/{1}"),
    "aws:s3/bucket:Bucket": ("bucket", "arn:aws:s3:::{1}"),
    "aws:secretsmanager/secret:Secret": ("", "arn:aws:secretsmanager:eu-central-1:{0}:secret:{1}-0a1b2c3-AbCdEf"),
    "aws:sns/topic:Topic": ("name", "arn:aws:sns:eu-central-1:{0}:{1}"),
    "aws:sqs/queue:Queue": ("name", "arn:aws:sqs:eu-central-1:{0}:{1}"),
    "aws:ssm/parameter:Parameter": ("name", "arn:aws:ssm:eu-central-1:{0}:parameter{1}"),
}
BY_TAG = ("ec2", "guardduty", "route53resolver")


@cache
def keep(name: str) -> tuple[ResourceGraph, DeployerRole]:
    raw: dict[str, Any] = {**document("demo"), "name": name}
    graph = recorded("demo", raw)
    return graph, role_for(parse(raw), graph)


def arns_of(name: str) -> list[str]:
    return [
        form.format(ACCOUNT, node.inputs[field] if field else node.name, keep=f"codekeep-{name}")
        for token, (field, form) in ARNS.items()
        for node in keep(name)[0].of_type(token)
    ]


def scopes(role: DeployerRole) -> Iterator[str]:
    """Resources of the statements that have some, but for those that go by tags, and conditions of keys and zones."""
    for policy in (*role.policies, role.founding):
        for statement in policy["Statement"]:
            for each in statement["Resource"]:
                if each != "*" and SHARED not in each and not each.endswith((":key/*", ":hostedzone/*")):
                    if each.split(":")[2] in BY_TAG:
                        continue
                    yield each


@pytest.mark.parametrize(("mine", "other"), list(permutations(NAMES, 2)))
def test_no_scope_of_one_keep_is_about_a_resource_of_another(mine: str, other: str) -> None:
    found = list(scopes(keep(mine)[1]))
    own, foreign = arns_of(mine), arns_of(other)
    assert len(foreign) > 50
    assert [arn for arn in own if not any(resource_like(each, arn, None) for each in found)] == []
    assert [(each, arn) for each in found for arn in foreign if resource_like(each, arn, None) is not False] == []


def test_no_action_makes_what_another_of_its_statement_builds_on() -> None:
    layers = list(_layers(sorted(MADE)))
    assert sorted(each for layer in layers for each in layer) == sorted(MADE)
    for layer in layers:
        assert {MADE[each] for each in layer} & {kind for each in layer for kind in FOUND.get(each, ())} == set()
