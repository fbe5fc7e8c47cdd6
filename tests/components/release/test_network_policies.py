"""Network policies: exactly the flows of the documented table are allowed."""

import json
from collections.abc import Iterator

import pytest

from components.identity.workload import Workload
from components.naming import Tier
from components.release.flows import LinkTraffic, flows
from components.release.labels import TENANT
from components.release.network_policies import NetworkPolicies, NetworkPoliciesArgs
from policies.rule import Family
from tests.components.builders import fake_network
from tests.components.conftest import make_keep
from tests.components.contract import assert_contract
from tests.components.release.bases import make_base
from tests.components.release.judged import findings
from tests.components.release.namespaced import faults, graph_of
from tests.components.release.traffic import (
    ALL_LINKS,
    DOCUMENT,
    ENDPOINTS,
    POLICY,
    PRIVATE,
    build,
    expected,
    places,
    pods,
    policies,
    rendered,
    traffic,
)
from tests.policies.traffic import Connection, Party, who_may_talk

PLAIN = LinkTraffic(git_ports=(443,))


def targets(source: str, connections: list[Connection]) -> set[str]:
    return {each.target for each in connections if each.source == source}


def test_the_component_keeps_the_contract() -> None:
    recording = build()
    assert_contract(recording, make_keep())
    for node in recording.of_type(POLICY):
        assert node.inputs["metadata"]["namespace"] == "codekeep-acme"
        assert node.inputs["metadata"]["labels"][TENANT] == "acme"


def test_the_objects_allow_exactly_the_table() -> None:
    found = traffic()
    assert len(found) > 50
    ports = {(each.source, each.target, port) for each in found for port in each.ports}
    assert ports == expected()


def test_the_document_shows_both_tables() -> None:
    text = DOCUMENT.read_text()
    assert text == rendered(text), "run python -m tests.components.release.traffic"
    assert text.count("\n| ") > 60


def test_ingest_connects_only_to_links_and_aws() -> None:
    found = traffic()
    assert targets("ingest", found) == {"dns", "pod-identity", "telemetry", "s3", ENDPOINTS}
    [links] = [each for each in found if (each.source, each.target) == ("ingest", ENDPOINTS)]
    assert links.ports == ("22", "443")  # of the Git links; 443 is AWS's too
    assert targets("indexer", found) - targets("ingest", found) == {PRIVATE, "model-server", "indexer", "index-head"}


def test_ingest_accepts_no_connections() -> None:
    assert [each for each in traffic() if each.target == "ingest"] == []


def test_models_accept_connections_from_clients_and_open_none() -> None:
    found = traffic()
    asking = {each.source for each in found if each.target == "model-server"}
    assert asking == {"gateway", "reviewer", "evals", "indexer", "index-head", "prometheus"}
    assert targets("model-server", found) == {"dns", "pod-identity", "telemetry", "s3"}


def test_no_connection_to_the_internet_or_another_network_is_allowed() -> None:
    named = {each.name for each in places()}
    assert {"internet", "another-network"} <= named
    assert [each for each in traffic() if {each.source, each.target} & {"internet", "another-network"}] == []


def test_two_keeps_of_one_cluster_cannot_reach_each_other() -> None:
    objects = [*policies(tier=Tier.POOLED), *policies(tier=Tier.POOLED, tenant="bond")]
    ours, theirs = pods(), pods("bond")
    found = who_may_talk(objects, [*ours, *theirs])
    names = {each.name for each in ours}
    assert any(each.source in names and each.target in names for each in found)
    assert [each for each in found if (each.source in names) != (each.target in names)] == []


def test_a_pod_without_a_workload_reaches_nothing() -> None:
    stray = Party(name="stray", namespace="codekeep-acme", labels={TENANT: "acme"}, cidr="10.64.0.0/17")
    found = who_may_talk(policies(), [stray, *pods(), *places()])
    assert len(found) > 50
    assert [each for each in found if "stray" in (each.source, each.target)] == []


def test_options_add_only_their_flows() -> None:
    def rows(link_traffic: LinkTraffic) -> Iterator[str]:
        return (f"{each.source} {each.target} {each.ports}" for each in flows(link_traffic))

    plain, every = set(rows(PLAIN)), set(rows(ALL_LINKS))
    added = sorted(every - plain)
    assert len(added) == 4  # two Git flows with port 22, a registry, the issuer
    assert "issuer" not in str(plain)
    assert "registry" not in str(plain)


def test_every_workload_has_a_flow() -> None:
    named = {end.workload for flow in flows(PLAIN) for end in (flow.source, flow.target) if hasattr(end, "workload")}
    assert named == {None, *Workload}


@pytest.mark.parametrize("ports", [(), (0,), (443, 70_000)])
def test_wrong_ports_are_refused(ports: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="git_ports"):
        LinkTraffic(git_ports=ports)


def test_network_policies_pass_the_rules() -> None:
    def program() -> None:
        NetworkPolicies("acme-n", NetworkPoliciesArgs(base=make_base(), network=fake_network(), link_traffic=ALL_LINKS))

    assert findings(program, [Family.KUBERNETES, Family.NETWORK, Family.TENANCY]) == []
    assert faults(graph_of(program)) == []


def test_no_allowed_range_is_wider_than_a_network() -> None:
    text = json.dumps(policies())
    assert "ipBlock" in text
    assert "0.0.0.0/0" not in text
    assert "::/0" not in text
