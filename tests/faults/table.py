# ruff: noqa: E501 - rows of a table
"""Every fault of the keeps that were never tried on AWS: a to k, as the review of their graphs named them."""

from typing import Any, Final

from policies.graph import Node, ResourceGraph
from stacks.existing import EXISTING_VARIABLE
from tests.faults.fault import Fault
from tests.faults.judges import (
    INGRESS,
    beyond,
    denied,
    fault,
    invalid,
    kept_out,
    refused,
    unlocked,
    unreachable,
    unwritten,
    violates,
)
from tests.faults.mutations import Mutation, edited, set_to, with_condition, without, without_statement
from tests.sandbox.aws.harness import environment
from tests.stacks.documents import DELETE, document
from tests.stacks.programs import recorded

KEY, ROLE, INLINE = "aws:kms/key:Key", "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
TOPIC_POLICY, CLUSTER = "aws:sns/topicPolicy:TopicPolicy", "aws:eks/cluster:Cluster"
DOMAIN, POOL, QUEUE = "aws:opensearch/domain:Domain", "aws:eks/nodeGroup:NodeGroup", "aws:sqs/queue:Queue"
SERVICE_ROLE, DETECTOR = "aws:iam/serviceLinkedRole:ServiceLinkedRole", "aws:guardduty/detector:Detector"
HOST, BUCKET, GROUP = (
    "aws:ec2/dedicatedHost:DedicatedHost",
    "aws:s3/bucket:Bucket",
    "aws:ec2/securityGroup:SecurityGroup",
)
DOMAINS, ENDPOINT = (
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
)
SCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
SEARCH: Final = "opensearchservice.amazonaws.com"
TO_AWS = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
FROM_HERE = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
GRANTS = with_condition(KEY, "demo-key-secret", "policy", "AccountGrantsToServices", TO_AWS)


def of_volume(**options: Any) -> Mutation:
    """demo's index gets volumes like these."""
    options = {"ebsEnabled": True, "volumeType": "gp3", "volumeSize": 200, "throughput": 250, "iops": 3_000, **options}
    return set_to(DOMAIN, "demo-index", "ebsOptions", options)


def blocking(name: str) -> Mutation:
    """The DNS firewall's list lacks a name."""

    def shorten(inputs: dict[str, Any]) -> None:
        inputs["domains"].remove(name)

    return edited(DOMAINS, "demo-network-dns-allowed", shorten)


def told(existing: str) -> Mutation:
    """demo's graph where its program is told what the account has."""

    def tell(_: ResourceGraph) -> ResourceGraph:
        with environment(**{EXISTING_VARIABLE: existing}):
            return recorded("demo", document("demo"))

    return tell


def many(count: int, token: str, like: str) -> Mutation:
    """More resources like one."""

    def add(graph: ResourceGraph) -> ResourceGraph:
        node = graph.one(token, like)
        more = (Node(**{**vars(node), "urn": f"{node.urn}-{at}", "name": f"{like}-{at}"}) for at in range(count))
        return ResourceGraph(project=graph.project, stack=graph.stack, nodes=(*graph.nodes, *more))

    return add


def described(text: str) -> Mutation:
    return set_to(INGRESS, "demo-firewall-api", "description", text)


def tagged(value: str) -> Mutation:
    return set_to(QUEUE, "demo-queue-ingest", "tags", {"owner": value})


CUSTOM_KINDS = {
    "scaledobjects.keda.sh": "ScaledObject",
    "scaledjobs.keda.sh": "ScaledJob",
    "triggerauthentications.keda.sh": "TriggerAuthentication",
    "targetgroupbindings.elbv2.k8s.aws": "TargetGroupBinding",
    "rayclusters.ray.io": "RayCluster",
    "rayjobs.ray.io": "RayJob",
}
CONTROLLERS = (
    "aws-load-balancer-controller",
    "cluster-autoscaler",
    "keda-operator",
    "keda-operator-metrics-apiserver",
    "kuberay-operator",
    "prometheus",
)
ACCOUNTS = {"keda-operator-metrics-apiserver": "keda-metrics-server"}

FAULTS: tuple[Fault, ...] = (
    fault("a", "the cluster's key", refused(GRANTS, CLUSTER, "demo-cluster"), "InvalidRequestException: User not authorized to perform kms:CreateGrant operation"),
    fault("a", "the cluster's key", denied(GRANTS, "eks"), "kms:CreateGrant"),
    fault("a", "the findings' topic", denied(with_condition(TOPIC_POLICY, "demo-alerts", "policy", "EventsPublishes", FROM_HERE), "events"), "events.amazonaws.com sns:Publish"),
    fault("a", "the key of the findings' topic", denied(with_condition(KEY, "demo-key-log", "policy", "EventsPublishes", FROM_HERE), "events"), "events.amazonaws.com kms:GenerateDataKey"),
    fault("a", "Auto Scaling looks at the key", denied(without_statement(KEY, "demo-key-code", "policy", "AutoScalingDescribesTheKey"), "scaling"), "kms:DescribeKey"),
    fault("a", "a grant on a held key", denied(without("::acme-key-code-nodes"), "scaling", "acme"), "kms:CreateGrant"),
    fault("a", "the policy of a held key is not written", unwritten("acme", "code"), "kms:Decrypt"),
    fault("a", "the trail's role", denied(with_condition(ROLE, "demo-audit", "assumeRolePolicy", "Trust", FROM_HERE), "trail"), "sts:AssumeRole"),
    fault("a", "the trail's role", violates(with_condition(ROLE, "demo-audit", "assumeRolePolicy", "Trust", FROM_HERE), "key-conditions"), "aws:SourceAccount"),
    fault("b", "a rule's description", refused(described("the keep's own"), INGRESS, "demo-firewall-api"), "Invalid rule description. Valid descriptions are"),
    fault("b", "a rule's description", violates(described("the keep's own"), "rule-descriptions"), "must be at most 255 of"),
    fault("b", "a group's description", refused(set_to(GROUP, "demo-index", "description", "the index's"), GROUP, "demo-index"), "Description is"),
    fault("b", "a group's name", refused(set_to(GROUP, "demo-index", "name", "sg-index"), GROUP, "demo-index"), "GroupName"),
    fault("b", "a tag", refused(tagged("acme's"), QUEUE, "demo-queue-ingest"), "tags"),
    fault("b", "a label of nodes", refused(set_to(POOL, "demo-pool-system", "labels", {"codekeep.dev/role": "x" * 64}), POOL, "demo-pool-system"), "labels"),
    fault("c", "throughput of a volume", refused(of_volume(throughput=125), DOMAIN, "demo-index"), "Throughput must be between 250 and"),
    fault("c", "throughput of a large volume", refused(of_volume(volumeSize=4_000, iops=12_000), DOMAIN, "demo-index"), "Throughput must be between 500 and"),
    fault("c", "IOPS of a volume", refused(of_volume(volumeSize=2_000), DOMAIN, "demo-index"), "IOPS must be at least 6000"),
    fault("c", "more than the instance type takes", refused(of_volume(throughput=1_900), DOMAIN, "demo-index"), "Throughput must be between 250 and 1250"),
    fault("c", "throughput of a volume", violates(of_volume(throughput=125), "search-volumes"), "250"),
    fault("d", "credentials of pods", violates(blocking("eks-auth.eu-central-1.api.aws"), "dns-service-names"), "eks-auth.eu-central-1.api.aws"),
    fault("d", "the cluster's API", violates(blocking("*.eu-central-1.eks.amazonaws.com"), "dns-service-names"), "eks.amazonaws.com"),
    fault("d", "the endpoint of pods' credentials", denied(with_condition(ENDPOINT, "demo-network-endpoint-eks-auth", "policy", "KeepOnly", {"StringEquals": {"aws:PrincipalAccount": "1"}}), "node"), "eks-auth:AssumeRoleForPodIdentity"),
    *(
        fault("e", f"no way into {stack}", kept_out(stack, "deployer", DELETE), "deployer.api_access: got nothing")
        for stack in ("demo", "acme", "platform-eu-central-1")
    ),
    fault("e", "another range than the runner's", kept_out("demo", "deployer.api_access.cidrs", ["10.200.17.0/24"]), "this machine's address there is 10.200.16.9"),
    fault("e", "no opening", unreachable(without("::demo-firewall-api-client-10.200.16.0-24")), "nothing lets 10.200.16.0/24 in"),
    fault("e", "no route back", unreachable(without("::demo-deployer-route-1-10.200.16.0-24")), "demo-network-private-1 has no route"),
    *(
        fault("f", f"no kind {kind}", violates(without(f"-{definition}"), "unserved-kinds"), f"nothing here defines {kind}")
        for definition, kind in CUSTOM_KINDS.items()
    ),
    *(
        fault("f", f"no {name}", violates(without(f"-deployment-{name}"), "idle-accounts"), f"no pods run as {ACCOUNTS.get(name, name)}")
        for name in CONTROLLERS
    ),
    fault("f", "no device plugin", violates(without("-daemonset-nvidia-device-plugin"), "unserved-devices"), "asks for nvidia.com/gpu"),
    fault("f", "no digests of the controllers' images", unlocked(), "controller-images.json: got no digest of"),
    fault("g", "no Job maps the roles", violates(without("Job::demo-search-roles"), "search-roles"), "no Job maps codekeep-demo-gateway"),
    fault("g", "no Job maps a pooled keep's roles", violates(without("Job::pico-search-roles"), "search-roles", "pico"), "no Job maps codekeep-pico-indexer"),
    fault("g", "indexes named in bodies", violates(set_to(DOMAIN, "demo-index", "advancedOptions", {"rest.action.multi.allow_explicit_index": "true"}), "search-roles"), "must be false"),
    fault("g", "the gateway may not search", denied(without_statement(INLINE, "demo-role-gateway", "policy", "Search"), "pod"), "es:ESHttpPost"),
    fault("g", "the administrator may not map", denied(without_statement(INLINE, "demo-role-index-admin", "policy", "AdministerIndex"), "operator"), "es:ESHttp"),
    fault("h", "a type that the region has not", refused(set_to(POOL, "acme-pool-batch", "instanceTypes", ["p5.48xlarge"]), POOL, "acme-pool-batch", "acme"), "The following supplied instance types do not exist: [p5.48xlarge]"),
    fault("h", "a type that the region has not", invalid("acme", "pools.2.instance_types", ["p5.48xlarge"]), "does not offer in eu-central-1"),
    fault("h", "a type without hosts", refused(set_to(HOST, "acme-pool-batch-0", "instanceType", "g6e.12xlarge"), HOST, "acme-pool-batch-0", "acme"), "UnsupportedHostConfiguration: The requested configuration is currently not supported"),
    fault("h", "a type without hosts", invalid("acme", "pools.3.instance_types", ["g6e.12xlarge"]), "of g6e: g6e.24xlarge, g6e.48xlarge"),
    fault("i", "no role of OpenSearch", refused(without("ServiceLinkedRole::demo-index"), DOMAIN, "demo-index"), "you must enable a service-linked role"),
    fault("i", "a second role of OpenSearch", refused(told("{}"), SERVICE_ROLE, "demo-index", has=SEARCH, shipped=told(f'{{"service_roles": {{"{SEARCH}": "arn:aws:iam::111122223333:role/aws-service-role/{SEARCH}/AWSServiceRoleForAmazonOpenSearchService"}}}}')), "has been taken in this account"),
    fault("j", "a name of 20 characters", invalid("demo", "name", "n" * 20), "would have 67"),
    fault("j", "a platform's name of 20 characters", invalid("platform-eu-central-1", "name", "n" * 20), "would have 67"),
    fault("j", "a bucket's name", refused(set_to(BUCKET, "demo-bucket-access-logs", "bucket", f"codekeep-{'n' * 20}-access-logs-111122223333-eu-central-1"), BUCKET, "demo-bucket-access-logs"), "Bucket"),
    fault("k", "interface endpoints", beyond(many(50, ENDPOINT, "demo-network-endpoint-kms")), "Interface VPC endpoints per VPC"),
    fault("k", "rules of a group", beyond(many(60, INGRESS, "demo-firewall-api")), "ules per security group"),
    fault("k", "roles", beyond(many(1_000, ROLE, "demo-audit")), "Roles per account"),
    fault("k", "pods per node", beyond(set_to(SCALER, "demo-gateway", "spec.maxReplicas", 500)), "Pods per node"),
)  # fmt: skip
