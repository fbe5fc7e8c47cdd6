"""Images of add-ons, EKS's and GuardDuty's agent, can be resolved, pulled through the endpoints and used by nodes."""

from dataclasses import replace

import pytest
from codekeep_contracts.service_hosts import covers

from awsread.iam import Policies, Request, may, parsed
from components.compute.addons import NODE_ADDONS, WORKLOAD_ADDONS
from components.compute.node_role import NodeRole
from components.iam_policy import document
from components.naming import Keep
from components.network.aws_registries import add_on_registries
from components.network.dns_firewall import aws_domains
from components.network.endpoints import INTERFACE_SERVICES, interface_statements, s3_statements
from components.observe.detector import MANAGED_AGENTS
from stacks.spec.regions import REGIONS
from tests.components.recording import record
from tests.policies.access.world import managed

PULLS = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")  # what AmazonEC2ContainerRegistryPullOnly has of them
ADD_ONS = (*NODE_ADDONS, *WORKLOAD_ADDONS)
AGENT = "aws-guardduty-agent"
HOSTS = {  # as AWS's tables write them (EKS and GuardDuty User Guides)
    "eu-central-1": ("602401143452.dkr.ecr.eu-central-1", "409493279830.dkr.ecr.eu-central-1"),
    "eu-central-2": ("900612956339.dkr.ecr.eu-central-2", "718440343717.dkr.ecr.eu-central-2"),
    "eu-west-1": ("602401143452.dkr.ecr.eu-west-1", "673884943994.dkr.ecr.eu-west-1"),
    "us-east-1": ("602401143452.dkr.ecr.us-east-1", "031903291036.dkr.ecr.us-east-1"),
    "ca-central-1": ("602401143452.dkr.ecr.ca-central-1", "001188825231.dkr.ecr.ca-central-1"),
    "ca-west-1": ("761377655185.dkr.ecr.ca-west-1", "761377655185.dkr.ecr.ca-west-1"),  # the agent's table has "-"
}


def pulls(region: str) -> list[tuple[str, str]]:
    """Host and repository of each image."""
    add_ons, agent = HOSTS[region]
    agents = [AGENT for names in MANAGED_AGENTS.values() if "EKS_ADDON_MANAGEMENT" in names]
    assert agents
    return [
        *((add_ons, f"eks/{each}") for each in ADD_ONS),
        *((host, each) for each in agents for host in (add_ons, agent)),
    ]


def node_policies(keep: Keep, region: str) -> tuple[str, Policies]:
    """A node's role, the policies of it and of ECR's endpoint, and those that AWS's registries have for everybody."""
    here = replace(keep, region=region)
    recording = record(lambda: NodeRole("acme-node", here))
    role = recording.one("aws:iam/role:Role").outputs["arn"]
    attached = [
        managed()[each.inputs["policyArn"]]
        for each in recording.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    ]
    fence = recording.one("aws:iam/rolePolicy:RolePolicy").policy()
    endpoint = record(lambda: document(*interface_statements(here, "ecr", region)))
    return role, Policies(
        identity={role: [parsed(each) for each in (*attached, fence)]},
        endpoints={"vpce-ecr": parsed(str(endpoint.value(endpoint.result)))},
    )


@pytest.mark.parametrize("region", HOSTS)
def test_every_image_of_an_add_on_can_be_pulled(keep: Keep, region: str) -> None:
    role, policies = node_policies(keep, region)
    everybody = {"Effect": "Allow", "Principal": "*", "Action": list(PULLS), "Resource": "*"}
    for host, repository in pulls(region):
        image = f"arn:aws:ecr:{region}:{host.split('.')[0]}:repository/{repository}"
        open_to_all = replace(policies, resources={image: parsed({"Statement": [everybody]})})
        for action in PULLS:
            context = {"aws:RequestedRegion": region, "aws:SourceVpce": "vpce-ecr"}
            answer = may(open_to_all, Request(principal=role, action=action, resource=image, context=context))
            assert answer.allowed, (image, action, answer.because)
        domains = aws_domains(region, tuple(INTERFACE_SERVICES))
        assert any(covers(each, f"{host}.amazonaws.com") for each in domains), host
        layers = f"prod-{region}-starport-layer-bucket"
        assert any(layers in str(each.resources) for each in s3_statements(keep, region))
        assert any(covers(each, f"{layers}.s3.{region}.amazonaws.com") for each in domains)


def test_an_image_of_another_account_cannot_be_pulled(keep: Keep) -> None:
    role, policies = node_policies(keep, "eu-central-1")
    image = "arn:aws:ecr:eu-central-1:999999999999:repository/eks/coredns"
    everybody = {"Effect": "Allow", "Principal": "*", "Action": list(PULLS), "Resource": "*"}
    for endpoint in ("vpce-ecr", ""):  # the fence holds without the endpoint, too
        context = {"aws:RequestedRegion": "eu-central-1", "aws:SourceVpce": endpoint}
        request = Request(principal=role, action="ecr:BatchGetImage", resource=image, context=context)
        assert not may(replace(policies, resources={image: parsed({"Statement": [everybody]})}), request).allowed


def test_every_region_of_a_keep_has_a_registry_of_the_agent_where_aws_names_one() -> None:
    assert {region for region in REGIONS if len(add_on_registries(region)) == 1} == {"ca-west-1"}
    agents = [add_on_registries(region)[-1] for region in REGIONS]
    assert len(set(agents)) == len(agents)  # the agent's account is another in each region
    assert all(len(account) == 12 and account.isdigit() for region in REGIONS for account in add_on_registries(region))


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "ap-southeast-5"])
def test_a_region_without_a_registry_of_the_agent_has_that_of_eks_alone(region: str) -> None:
    assert len(add_on_registries(region)) == 1
