"""Access to the cluster: the kubeconfig, the namespace of a keep, the order of access entries."""

import json
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.compute.kubernetes_access import ReachApi, kubeconfig
from components.keep.tenant import TenantEnvironment
from components.naming import Keep
from components.network.api_access import ApiAccess
from tests.components.environments import dedicated, dedicated_args, premium, shared
from tests.components.recording import Recording, record

INGRESS, ROUTE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:ec2/route:Route"
PROVIDER, NAMESPACE = "pulumi:providers:kubernetes", "kubernetes:core/v1:Namespace"


def test_the_kubeconfig_requests_a_token_at_each_use_and_contains_no_secret(keep: Keep) -> None:
    config = json.loads(kubeconfig(keep, name="codekeep-acme", endpoint="https://x.eks.amazonaws.com", ca="Y2E="))
    [user] = config["users"]
    assert user["user"].keys() == {"exec"}
    assert user["user"]["exec"]["command"] == "aws"
    assert user["user"]["exec"]["args"] == [
        "eks",
        "get-token",
        "--cluster-name",
        "codekeep-acme",
        "--region",
        keep.region,
        "--role-arn",
        keep.deployer_role_arn,
        "--output",
        "json",
    ]
    [cluster] = config["clusters"]
    assert cluster["cluster"] == {"server": "https://x.eks.amazonaws.com", "certificate-authority-data": "Y2E="}
    assert config["contexts"][0]["name"] == config["current-context"]


@pytest.mark.parametrize(("environment", "tenant"), [(dedicated, "acme"), (premium, "acme"), (shared, "pico")])
def test_each_keep_has_one_namespace_whose_pods_run_restricted(environment: Any, tenant: str) -> None:
    recording = environment()
    namespace = recording.one(NAMESPACE, f"{tenant}-kubernetes")
    assert namespace.inputs["metadata"]["name"] == f"codekeep-{tenant}"
    labels = namespace.inputs["metadata"]["labels"]
    assert labels["codekeep.dev/tenant"] == tenant
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["pod-security.kubernetes.io/enforce-version"] == "v1.34"
    assert recording.one(PROVIDER, f"{tenant}-kubernetes").urn in namespace.provider


def test_the_deployer_has_access_before_anything_uses_the_cluster(keep: Keep) -> None:
    recording = dedicated()
    entry = recording.one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "acme-cluster-deployer")
    assert recording.depends_on(recording.one(PROVIDER), entry)
    assert recording.value(recording.result.outputs.namespace) == keep.namespace


def deployed_by(reach: ReachApi, *, preview: bool = False) -> Recording[TenantEnvironment]:
    access = ApiAccess(cidrs=("10.9.0.0/24", "10.10.0.0/24"), transit_gateway_id="tgw-1")
    return record(
        lambda: TenantEnvironment("acme", replace(dedicated_args(), api_access=access, reach_api=reach)),
        preview=preview,
    )


def test_the_api_is_reached_once_and_after_its_way_is_open() -> None:
    asked: list[tuple[str, str]] = []

    async def reach(endpoint: str, ca: str) -> None:
        asked.append((endpoint, ca))

    recording = deployed_by(reach)
    assert len(asked) == 1
    provider = recording.one(PROVIDER)
    rules = [node for node in recording.of_type(INGRESS) if "-api-client-" in node.name]
    routes = [node for node in recording.of_type(ROUTE) if "transitGatewayId" in node.inputs]
    assert (len(rules), len(routes)) == (2, 6)
    assert all(recording.depends_on(provider, node) for node in (*rules, *routes))


def test_what_needs_the_api_is_not_begun_where_it_cannot_be_reached() -> None:
    async def reach(endpoint: str, ca: str) -> None:
        raise pulumi.RunError("open the way")

    with pytest.raises(pulumi.RunError, match="open the way"):
        deployed_by(reach)
    previewed = deployed_by(reach, preview=True)  # asks nothing, and shows everything
    assert previewed.one(NAMESPACE, "acme-kubernetes")
