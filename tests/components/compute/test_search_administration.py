"""The namespace of the search domain's administrator: closed, bounded, and the only way to the master role."""

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from codekeep_contracts.search_administration import SEARCH_NAMESPACE
from codekeep_contracts.text_types import TENANT_PATTERN

from components.compute.search_administration import SearchAdministration
from components.naming import Keep
from tests.components.builders import fake_network
from tests.components.contract import assert_contract
from tests.components.environments import dedicated, shared
from tests.components.recording import Recording, record

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
ROLE, ASSOCIATION = "aws:iam/role:Role", "aws:eks/podIdentityAssociation:PodIdentityAssociation"


def build() -> Recording[SearchAdministration]:
    def program() -> SearchAdministration:
        within = pulumi.ResourceOptions(providers=[kubernetes.Provider("acme-kubernetes")])
        return SearchAdministration("acme-search-administration", fake_network(), opts=within)

    return record(program)


def _own(recording: Recording[Any], type_: str) -> list[Any]:
    """Resources of the component; the cluster's controllers have some of the same types."""
    return [node for node in recording.of_type(type_) if "codekeep:search_administration:" in node.urn]


def test_it_keeps_the_contract(keep: Keep) -> None:
    assert_contract(dedicated(), keep)
    assert len(_own(dedicated(), POLICY)) == len(build().of_type(POLICY)) == 4


def test_nothing_comes_in_and_out_go_names_credentials_and_the_domain() -> None:
    policies = {node.inputs["metadata"]["name"]: node.inputs["spec"] for node in build().of_type(POLICY)}
    assert policies.pop("deny-all") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert {each["policyTypes"][0] for each in policies.values()} == {"Egress"}
    ports = {name: [port["port"] for port in spec["egress"][0]["ports"]] for name, spec in policies.items()}
    assert ports == {"to-dns": [53, 53], "to-pod-identity": [80], "to-index": [443]}


def test_it_is_bounded_and_restricted_and_no_keeps_own() -> None:
    recording = build()
    [namespace] = recording.of_type("kubernetes:core/v1:Namespace")
    labels = namespace.inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert "codekeep.dev/tenant" not in labels  # by which admission policies find a keep's namespace
    [quota] = recording.of_type("kubernetes:core/v1:ResourceQuota")
    assert {"pods", "requests.cpu", "limits.memory"} <= quota.inputs["spec"]["hard"].keys()
    assert len(recording.of_type("kubernetes:core/v1:LimitRange")) == 1
    longest_tenant = 20
    assert TENANT_PATTERN.count("1,18") == 1
    assert len(SEARCH_NAMESPACE.removeprefix("codekeep-")) > longest_tenant


def test_only_its_account_gets_the_master_role_of_the_domain() -> None:
    for tenant, recording in (("acme", dedicated()), ("platform-eu", shared())):
        [domain] = recording.of_type("aws:opensearch/domain:Domain")
        role = next(node for node in recording.of_type(ROLE) if node.inputs["name"].endswith("-index-admin"))
        master = domain.inputs["advancedSecurityOptions"]["masterUserOptions"]["masterUserArn"]
        assert master == role.outputs["arn"], tenant
        [trust] = role.policy("assumeRolePolicy")["Statement"]
        tags = trust["Condition"]["StringEquals"]
        assert tags["aws:RequestTag/kubernetes-namespace"] == SEARCH_NAMESPACE
        assert tags["aws:RequestTag/kubernetes-service-account"] == "index-admin"
        bound = [node for node in recording.of_type(ASSOCIATION) if node.inputs["roleArn"] == master]
        assert [(each.inputs["namespace"], each.inputs["serviceAccount"]) for each in bound] == [
            (SEARCH_NAMESPACE, "index-admin")
        ]
        accounts = _own(recording, "kubernetes:core/v1:ServiceAccount")
        assert [each.inputs["metadata"]["namespace"] for each in accounts] == [SEARCH_NAMESPACE]
