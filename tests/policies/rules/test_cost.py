"""Cost rules: what is bounded passes, what is not is a violation with its path, what is unknown stays undecided."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from policies.catalogue import catalogue
from policies.graph import UNKNOWN, Node, ResourceGraph
from policies.rule import Case, Family, Verdict, judge_all
from tests.policies.mutants import caught, mutants
from tests.policies.rules.kubernetes_objects import FACTS, changed, graph, kube, resource, urn

RULES = [rule for rule in catalogue() if rule.family is Family.COST]
BUDGET, GROUP, SCALING = "aws:budgets/budget:Budget", "aws:eks/nodeGroup:NodeGroup", "aws:autoscaling/group:Group"
RESERVATION, HOST = "aws:ec2/capacityReservation:CapacityReservation", "aws:ec2/dedicatedHost:DedicatedHost"
TABLE, DOMAIN, VOLUME = "aws:dynamodb/table:Table", "aws:opensearch/domain:Domain", "aws:ebs/volume:Volume"
NAT, SUBNET, TEMPLATE = (
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/launchTemplate:LaunchTemplate",
)
JOB, CRON_JOB, RAY = "kubernetes:batch/v1:Job", "kubernetes:batch/v1:CronJob", "kubernetes:ray.io/v1:RayCluster"
SCALED_OBJECT, HPA = "kubernetes:keda.sh/v1alpha1:ScaledObject", "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
GOOD, BAD, OPEN = None, Verdict.VIOLATION, Verdict.UNDECIDED
TAGS = {"codekeep:tenant": "demo"}
ALERT = {"thresholdType": "PERCENTAGE", "threshold": 90, "subscriberEmailAddresses": ["a@keep.example"]}


def told(objects: ResourceGraph, rule: str) -> list[tuple[Verdict, str, str]]:
    found = judge_all(RULES, Case(facts=FACTS, graph=objects))
    return [(each.verdict, each.urn.rpartition("::")[2], each.property) for each in found if each.rule == rule]


def of(*nodes: Node) -> ResourceGraph:
    return ResourceGraph(project="codekeep", stack="demo", nodes=nodes)


def aws(type_: str, name: str, inputs: Mapping[str, Any]) -> Node:
    return resource(type_, name, inputs, provider=None)


def budget(**changes: Any) -> dict[str, Any]:
    usual = {"budgetType": "COST", "limitAmount": "60000", "limitUnit": "USD", "timeUnit": "MONTHLY"}
    return {**usual, "notifications": [ALERT], **changes}


def gp3(size: Any, throughput: Any, iops: Any) -> Mapping[str, Any]:
    volume = {"volumeType": "gp3", "volumeSize": size, "throughput": throughput, "iops": iops}
    return {"ebsOptions": volume}


def sizes(least: Any, most: Any, *types: str) -> dict[str, Any]:
    return {"instanceTypes": list(types), "scalingConfig": {"minSize": least, "desiredSize": least, "maxSize": most}}


def test_the_compliant_objects_break_no_rule_and_every_fault_made_of_them_is_noticed() -> None:
    assert len(RULES) > 7
    assert judge_all(RULES, Case(facts=FACTS, graph=graph())) == []
    made = list(mutants(graph(), RULES, FACTS))
    assert len(made) > 30
    assert [str(mutant) for mutant in made if not caught(mutant, FACTS)] == []


@pytest.mark.parametrize(
    ("rule", "type_", "inputs", "verdict", "place"),
    [
        ("budget-alerts", BUDGET, budget(), GOOD, ""),
        ("budget-alerts", BUDGET, budget(limitAmount="60001"), BAD, "limitAmount"),
        ("budget-alerts", BUDGET, budget(limitAmount=UNKNOWN), OPEN, "limitAmount"),
        ("budget-alerts", BUDGET, budget(notifications=[]), BAD, "notifications"),
        ("budget-alerts", BUDGET, budget(notifications=[{**ALERT, "threshold": 150}]), BAD, "notifications"),
        ("budget-alerts", BUDGET, budget(notifications=UNKNOWN), OPEN, "notifications"),
        ("pool-bounds", GROUP, sizes(1, 20, "m7i.2xlarge"), GOOD, ""),
        ("pool-bounds", GROUP, sizes(1, 2, "g6e.4xlarge"), GOOD, ""),
        ("pool-bounds", GROUP, sizes(1, 3, "g6e.4xlarge"), BAD, "scalingConfig.maxSize"),
        ("pool-bounds", GROUP, sizes(1, UNKNOWN, "m7i.large"), OPEN, "scalingConfig.maxSize"),
        ("pool-bounds", SCALING, {"minSize": 0, "maxSize": 4}, GOOD, ""),
        ("pool-bounds", SCALING, {"minSize": 0}, BAD, "maxSize"),
        ("pool-bounds", SCALING, {"minSize": 5, "maxSize": 4}, BAD, "minSize"),
        ("held-capacity", RESERVATION, {"endDateType": "limited", "endDate": "2027-01-01"}, GOOD, ""),
        ("held-capacity", RESERVATION, {"endDateType": "limited"}, BAD, "endDate"),
        ("held-capacity", RESERVATION, {"instanceType": "p5.48xlarge", "instanceCount": 1}, BAD, "instanceType"),
        ("held-capacity", HOST, {"instanceFamily": "g6e"}, BAD, "instanceFamily"),
        ("held-capacity", HOST, {"instanceType": UNKNOWN}, OPEN, "instanceType"),
        ("capped-services", TABLE, {"readCapacity": 5}, GOOD, ""),
        (
            "capped-services",
            TABLE,
            {"billingMode": "PAY_PER_REQUEST", "onDemandThroughput": {"maxReadRequestUnits": 9}},
            BAD,
            "onDemandThroughput.maxWriteRequestUnits",
        ),
        ("capped-services", DOMAIN, {"clusterConfig": {"instanceCount": 3}}, GOOD, ""),
        ("capped-services", DOMAIN, {"clusterConfig": {"instanceCount": 90}}, BAD, "clusterConfig.instanceCount"),
        ("capped-services", VOLUME, {"type": "io2", "iops": 100_000}, BAD, "iops"),
        ("capped-services", VOLUME, {"iops": UNKNOWN}, OPEN, "iops"),
        ("search-volumes", DOMAIN, gp3(200, 250, 3_000), GOOD, ""),
        ("search-volumes", DOMAIN, gp3(199, 125, 3_000), GOOD, ""),
        ("search-volumes", DOMAIN, gp3(3_072, 250, 9_216), GOOD, ""),
        ("search-volumes", DOMAIN, {"ebsOptions": {"volumeType": "gp3", "volumeSize": 500}}, GOOD, ""),
        ("search-volumes", DOMAIN, {"ebsOptions": {"volumeType": "gp2", "volumeSize": 500, "iops": 1}}, GOOD, ""),
        ("search-volumes", DOMAIN, gp3(200, 125, 3_000), BAD, "ebsOptions.throughput"),
        ("search-volumes", DOMAIN, gp3(3_073, 250, 9_219), BAD, "ebsOptions.throughput"),
        ("search-volumes", DOMAIN, gp3(1_400, 250, 4_199), BAD, "ebsOptions.iops"),
        ("search-volumes", DOMAIN, gp3(UNKNOWN, 250, 3_000), OPEN, "ebsOptions.volumeSize"),
        ("search-volumes", DOMAIN, gp3(200, UNKNOWN, 3_000), OPEN, "ebsOptions.throughput"),
        ("cost-tags", DOMAIN, {"tags": TAGS}, GOOD, ""),
        ("cost-tags", DOMAIN, {"tags": {"codekeep:tenant": "other"}}, BAD, "tags"),
        ("cost-tags", DOMAIN, {}, BAD, "tags"),
        ("cost-tags", DOMAIN, {"tags": UNKNOWN}, OPEN, "tags"),
        (
            "cost-tags",
            TEMPLATE,
            {"tags": TAGS, "tagSpecifications": [{"resourceType": "instance", "tags": TAGS}]},
            BAD,
            "tagSpecifications",
        ),
        ("nat-gateways", NAT, {"subnetId": "subnet-1"}, GOOD, ""),
        ("nat-gateways", NAT, {"availabilityMode": "regional"}, GOOD, ""),
        ("nat-gateways", NAT, {}, BAD, "subnetId"),
    ],
)
def test_a_resource_gets_its_verdict(
    rule: str, type_: str, inputs: Mapping[str, Any], verdict: Verdict | None, place: str
) -> None:
    assert told(of(aws(type_, "it", inputs)), rule) == ([] if verdict is None else [(verdict, "it", place)])


@pytest.mark.parametrize(
    ("rule", "type_", "name", "path", "value", "verdict"),
    [
        ("scaler-bounds", SCALED_OBJECT, "gateway", "spec.maxReplicaCount", 5000, BAD),
        ("scaler-bounds", SCALED_OBJECT, "gateway", "spec.maxReplicaCount", None, BAD),
        ("scaler-bounds", SCALED_OBJECT, "gateway", "spec.maxReplicaCount", UNKNOWN, OPEN),
        ("scaler-bounds", SCALED_OBJECT, "gateway", "spec.minReplicaCount", 50, BAD),
        ("scaler-bounds", RAY, "index", "spec.workerGroupSpecs[0].maxReplicas", None, BAD),
        ("job-bounds", JOB, "finetune", "spec.activeDeadlineSeconds", None, BAD),
        ("job-bounds", JOB, "finetune", "spec.ttlSecondsAfterFinished", 10**9, BAD),
        ("job-bounds", JOB, "finetune", "spec.ttlSecondsAfterFinished", None, None),
        ("job-bounds", JOB, "finetune", "spec.activeDeadlineSeconds", UNKNOWN, OPEN),
        ("job-bounds", CRON_JOB, "ingest", "spec.concurrencyPolicy", "Allow", BAD),
        ("job-bounds", CRON_JOB, "ingest", "spec.failedJobsHistoryLimit", 1000, BAD),
    ],
)
def test_an_object_gets_its_verdict(
    rule: str, type_: str, name: str, path: str, value: Any, verdict: Verdict | None
) -> None:
    assert told(changed(type_, name, path, value), rule) == ([] if verdict is None else [(verdict, name, path)])


def test_an_autoscaler_has_a_maximum() -> None:
    open_ended = kube("autoscaling/v2", "HorizontalPodAutoscaler", "chat", {"spec": {"minReplicas": 1}})
    assert open_ended.type == HPA
    assert told(graph(open_ended), "scaler-bounds") == [(Verdict.VIOLATION, "chat", "spec.maxReplicas")]


def test_a_missing_budget_is_a_violation_of_the_stack() -> None:
    objects = graph()
    rest = tuple(node for node in objects if node.type != BUDGET)
    assert len(rest) == len(objects) - 1
    assert told(of(*rest), "budget-exists") == [(Verdict.VIOLATION, "codekeep-demo", "")]
    silent = Case(facts=replace(FACTS, monthly_budget_usd=None), graph=of(*rest))
    assert [each.rule for each in judge_all(RULES, silent)] == []


def test_gpu_pools_count_together() -> None:
    one = aws(GROUP, "one", sizes(0, 1, "g6e.4xlarge"))
    two = aws(GROUP, "two", sizes(0, 1, "p5.48xlarge"))
    three = aws(GROUP, "three", sizes(0, 1, "p5.48xlarge"))
    plain = aws(GROUP, "plain", sizes(0, 50, "m7i.large"))
    assert told(of(one, two, plain), "gpu-cap") == []
    assert told(of(one, two, three, plain), "gpu-cap") == [(Verdict.VIOLATION, "three", "scalingConfig.maxSize")]
    unknown = aws(GROUP, "unknown", sizes(0, UNKNOWN, "p5.48xlarge"))
    assert told(of(one, unknown), "gpu-cap") == [(Verdict.UNDECIDED, "unknown", "scalingConfig.maxSize")]


def test_held_capacity_fits_the_pools_that_use_it() -> None:
    pool = aws(GROUP, "pool", sizes(0, 2, "p5.48xlarge"))
    held = aws(RESERVATION, "held", {"instanceType": "p5.48xlarge", "instanceCount": 2, "endDateType": "unlimited"})
    more = aws(RESERVATION, "more", {"instanceType": "p5.48xlarge", "instanceCount": 1, "endDateType": "unlimited"})
    assert told(of(pool, held), "held-capacity") == []
    assert [verdict for verdict, _, _ in told(of(pool, held, more), "held-capacity")] == [Verdict.VIOLATION] * 2


def test_two_gateways_in_one_zone_are_one_too_many() -> None:
    def gateway(name: str, subnet: str) -> Node:
        node = aws(NAT, name, {"subnetId": f"${{{urn(SUBNET, subnet)}#id}}"})
        return replace(node, property_dependencies={"subnetId": (urn(SUBNET, subnet),)})

    subnets = [
        aws(SUBNET, name, {"vpcId": "vpc-1", "availabilityZone": zone})
        for name, zone in (("a1", "eu-central-1a"), ("a2", "eu-central-1a"), ("b1", "eu-central-1b"))
    ]
    assert told(of(*subnets, gateway("first", "a1"), gateway("other", "b1")), "nat-gateways") == []
    assert told(of(*subnets, gateway("first", "a1"), gateway("second", "a2")), "nat-gateways") == [
        (Verdict.VIOLATION, "second", "subnetId")
    ]


def test_the_providers_default_tags_count_but_do_not_reach_what_a_template_launches() -> None:
    provider = Node(
        urn=urn("pulumi:providers:aws", "aws"),
        type="pulumi:providers:aws",
        name="aws",
        inputs={"defaultTags": {"tags": TAGS}},
    )
    domain = replace(aws(DOMAIN, "index", {}), provider=provider.urn)
    template = replace(aws(TEMPLATE, "pool", {}), provider=provider.urn)
    assert told(of(provider, domain), "cost-tags") == []
    assert told(of(provider, template), "cost-tags") == [(Verdict.VIOLATION, "pool", "tagSpecifications")] * 2
