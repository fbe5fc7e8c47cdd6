"""Access to the cluster: the kubeconfig, the namespace of a keep, the order of access entries."""

import json
from typing import Any

import pytest

from components.compute.kubernetes_access import kubeconfig
from components.naming import Keep
from tests.components.environments import dedicated, premium, shared

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
    namespace = recording.one(NAMESPACE)
    assert namespace.inputs["metadata"]["name"] == f"codekeep-{tenant}"
    labels = namespace.inputs["metadata"]["labels"]
    assert labels["codekeep.dev/tenant"] == tenant
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["pod-security.kubernetes.io/enforce-version"] == "v1.34"
    assert recording.one(PROVIDER).urn in namespace.provider


def test_the_deployer_has_access_before_anything_uses_the_cluster(keep: Keep) -> None:
    recording = dedicated()
    entry = recording.one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "acme-cluster-deployer")
    assert recording.depends_on(recording.one(PROVIDER), entry)
    assert recording.value(recording.result.outputs.namespace) == keep.namespace
