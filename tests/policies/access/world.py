"""A shipped stack's graph with ARNs, and the contexts that AWS's callers bring."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property

from moto.iam.aws_managed_policies import aws_managed_policies_data

from awsread.iam import Answer, Policies, Policy, Request, may, parsed
from policies.graph import Node, ResourceGraph
from stacks.spec.check import load_spec
from stacks.translation import held_keys
from tests.policies.access.arns import with_arns
from tests.policies.access.graph_policies import policies_of
from tests.policies.tenants import recorded
from tests.stacks.documents import ROOT

Context = Mapping[str, str | tuple[str, ...]]
STRANGER = "arn:aws:iam::999988887777:role/anybody"  # may do everything, says their own account
STACKS = ("demo", "acme", "pico", "platform-eu-central-1")
PLATFORM = {"pico": "platform-eu-central-1"}
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
ADD_ON_IMAGES = (  # in eu-central-1: EKS User Guide, "View Amazon container image registries"; GuardDuty User Guide,
    "602401143452:repository/eks/coredns",  # "Amazon ECR repository hosting GuardDuty agent"
    "409493279830:repository/aws-guardduty-agent",
)
SERVICE_ROLES = {  # role path → AWS's policy of it
    "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling": "AutoScalingServiceRolePolicy",
    "opensearchservice.amazonaws.com/AWSServiceRoleForAmazonOpenSearchService": "AmazonOpenSearchServiceRolePolicy",
}


@cache
def managed() -> Mapping[str, str]:
    """AWS's own policies by ARN: moto carries them."""
    found = json.loads(aws_managed_policies_data).items()
    return {f"arn:aws:iam::aws:policy{each['Path']}{name}": json.dumps(each["Document"]) for name, each in found}


@dataclass(frozen=True)
class World:
    """One stack, with its platform where it has one. `tenant` is the prefix of logical names."""

    stack: str
    tenant: str
    graph: ResourceGraph

    @cached_property
    def policies(self) -> Policies:
        found = policies_of(self.graph, managed())
        roles = {self.service_role(path): (parsed(managed()[_policy(name)]),) for path, name in SERVICE_ROLES.items()}
        admin = {self.deployer: (parsed(managed()["arn:aws:iam::aws:policy/AdministratorAccess"]),)}
        return replace(
            found,
            identity={**found.identity, **roles, **admin, STRANGER: next(iter(admin.values()))},
            resources={**found.resources, **_held(self.stack), **_add_ons(self.region)},
        )

    @cached_property
    def account(self) -> str:
        return self.arn("aws:kms/key:Key", "key-secret").split(":")[4]

    @property
    def region(self) -> str:
        return "eu-central-1"

    @property
    def deployer(self) -> str:
        [provider] = [each for each in self.graph if each.type == "pulumi:providers:aws" and each.region][:1]
        return str(_listed(provider.inputs["assumeRoles"])[0]["roleArn"])

    def service_role(self, path: str) -> str:
        return f"arn:aws:iam::{self.account}:role/aws-service-role/{path}"

    def has(self, token: str, name: str) -> bool:
        return any(each.name == f"{self.tenant}-{name}" for each in self.graph.of_type(token))

    def node(self, token: str, name: str) -> Node:
        return self.graph.one(token, f"{self.tenant}-{name}")

    def arn(self, token: str, name: str) -> str:
        return str(self.node(token, name).outputs["arn"])

    def role(self, label: str) -> str:
        return self.arn("aws:iam/role:Role", label)

    def bucket(self, role: str) -> str:
        return self.arn("aws:s3/bucket:Bucket", f"bucket-{role}")

    def queue(self, role: str) -> str:
        return self.arn("aws:sqs/queue:Queue", f"queue-{role}")

    def key(self, data_class: str) -> str:
        """A key of the keep, or the one that the customer holds in its place."""
        name = f"key-{data_class}"
        if self.has("aws:kms/key:Key", name):
            return self.arn("aws:kms/key:Key", name)
        spec = load_spec(ROOT / f"Pulumi.{self.stack}.yaml")
        return next(each.key_arn for each in held_keys(spec) if each.name == data_class)

    def key_of_bucket(self, role: str) -> str:
        rules = self.node(ENCRYPTION, f"bucket-{role}").inputs["rules"]
        return str(rules[0]["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"])

    def secret(self, name: str) -> str:
        return self.arn("aws:secretsmanager/secret:Secret", name)

    def secrets(self, ending: str) -> list[str]:
        found = self.graph.of_type("aws:secretsmanager/secret:Secret")
        return [str(each.outputs["arn"]) for each in found if each.name.endswith(ending)]

    @property
    def domain(self) -> str:
        [found] = self.graph.of_type("aws:opensearch/domain:Domain")
        return str(found.outputs["arn"])

    def endpoint(self, service: str) -> str:
        """Id of the endpoint of a service: the keep's own, or its platform's."""
        found = [
            each.name
            for each in self.graph.of_type("aws:ec2/vpcEndpoint:VpcEndpoint")
            if each.name.endswith(f"-network-endpoint-{service}") and "recovery" not in each.name
        ]
        assert len(found) == 1, (service, found)
        return found[0]

    def ask(self, by: str, does: str, on: str, context: Context) -> Answer:
        return may(self.policies, Request(principal=by, action=does, resource=on, context=context))

    # Contexts. AWS, "AWS global condition context keys" and "Condition keys for AWS KMS".

    def calling(self) -> dict[str, str]:
        return {
            "aws:RequestedRegion": self.region,
            "aws:SecureTransport": "true",
            "s3:TlsVersion": "1.3",
            "aws:ResourceAccount": self.account,
        }

    def inside(self, service: str, **more: str) -> dict[str, str]:
        """A call from the keep's network, through the endpoint of the service."""
        return {**self.calling(), "aws:SourceVpce": self.endpoint(service), **_keys(more)}

    def through(self, service: str, region: str = "", **more: str) -> dict[str, str]:
        """A call to KMS that a service makes for the caller."""
        via = {"kms:ViaService": f"{service}.{region or self.region}.amazonaws.com", "aws:ViaAWSService": "true"}
        return {**self.calling(), "aws:RequestedRegion": region or self.region, **via, **_keys(more)}

    def sent(self, source_arn: str = "", **more: str) -> dict[str, str]:
        """A call that a service makes by itself, for a resource where it says for which."""
        source = {"aws:SourceArn": source_arn, "aws:SourceAccount": self.account} if source_arn else {}
        return {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3", **source, **_keys(more)}

    def a(self, service: str, resource: str, region: str = "") -> str:
        """An ARN in the keep's account."""
        return f"arn:aws:{service}:{self.region if not region else region.strip('-')}:{self.account}:{resource}"


@cache
def world(stack: str) -> World:
    own = recorded(stack)[0]
    others = [recorded(PLATFORM[stack])[0]] if stack in PLATFORM else []
    graph = with_arns(own, *others)
    tenant = next(each.name.removesuffix("-key-secret") for each in own if each.name.endswith("-key-secret"))
    return World(stack, tenant, graph)


def _held(stack: str) -> dict[str, Policy]:
    """Policies that the customer writes for their keys."""
    if stack.startswith("platform"):
        return {}
    return {each.key_arn: parsed(each.policy) for each in held_keys(load_spec(ROOT / f"Pulumi.{stack}.yaml"))}


def _add_ons(region: str) -> dict[str, Policy]:
    """The registries of EKS and of GuardDuty's agent, from which every account may pull."""
    pulling = {"Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}
    return {f"arn:aws:ecr:{region}:{image}": parsed({"Statement": [pulling]}) for image in ADD_ON_IMAGES}


def _policy(name: str) -> str:
    return f"arn:aws:iam::aws:policy/aws-service-role/{name}"


def _listed(value: object) -> list[dict[str, str]]:
    return json.loads(value) if isinstance(value, str) else list(value)  # type: ignore[call-overload]


def _keys(more: Mapping[str, str]) -> dict[str, str]:
    return {key.replace("__", ":"): value for key, value in more.items()}
