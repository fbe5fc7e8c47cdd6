"""The tables of docs/kubernetes/traffic.md; `python -m tests.components.release.traffic` writes them again."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from components.identity.workload import Workload
from components.naming import Tier
from components.release.flows import External, LinkTraffic, Pods, flows
from components.release.labels import TENANT, WORKLOAD
from components.release.network_policies import PODS_ELSEWHERE, NetworkPolicies, NetworkPoliciesArgs
from tests.components.builders import fake_network
from tests.components.recording import Recording, record
from tests.components.release.bases import make_base
from tests.policies.traffic import Connection, Party, who_may_talk

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
PREFIXES = "aws:ec2/getManagedPrefixList:getManagedPrefixList"
S3_RANGES = ("52.219.0.0/20", "3.5.136.0/22")
ALL_LINKS = LinkTraffic(git_ports=(443, 22), registry_ports=(443,), issuer_by_link=True)
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "kubernetes" / "traffic.md"
ENDPOINTS, PRIVATE = "endpoint-subnets", "private-subnets"
PRIVATE_CIDR = "10.64.0.0/17"  # of the network in tests.components.builders
SHOWN_AS = {
    External.AWS: ENDPOINTS,
    External.GIT: ENDPOINTS,
    External.REGISTRIES: ENDPOINTS,
    External.ISSUER: ENDPOINTS,
    External.ENTRY: ENDPOINTS,
    External.INDEX: PRIVATE,
    External.KUBERNETES_API: PRIVATE,
}
OUTSIDE = {
    ENDPOINTS: "10.64.192.0/25",
    PRIVATE: PRIVATE_CIDR,
    External.S3.value: S3_RANGES[0],
    External.POD_IDENTITY.value: "169.254.170.23/32",
    "internet": "203.0.113.0/24",
    "another-network": "10.65.0.0/16",
}
HEAD = Pods(workload=Workload.INDEXER, name="index-head")
KINDS = (*(Pods(workload=each) for each in Workload), HEAD)


def build(
    tier: Tier = Tier.DEDICATED, tenant: str = "acme", link_traffic: LinkTraffic = ALL_LINKS
) -> Recording[NetworkPolicies]:
    def program() -> NetworkPolicies:
        args = NetworkPoliciesArgs(base=make_base(tier, tenant), network=fake_network(), link_traffic=link_traffic)
        return NetworkPolicies(f"{tenant}-network-policies", args)

    entries = [{"cidr": each, "description": ""} for each in S3_RANGES]
    return record(program, invokes={PREFIXES: {"id": "pl-1", "entries": entries}})


def policies(**of: Any) -> list[dict[str, Any]]:
    """The NetworkPolicy objects as the API server gets them."""
    return [node.inputs for node in build(**of).of_type(POLICY)]


def pods(tenant: str = "acme") -> list[Party]:
    """Pods of a keep, one party for each kind."""
    prefix = "" if tenant == "acme" else f"{tenant}/"
    return [
        Party(
            name=prefix + kind.label,
            namespace=f"codekeep-{tenant}",
            labels={TENANT: tenant, WORKLOAD: kind.workload.value if kind.workload else "", **kind.name_labels},
            cidr=PRIVATE_CIDR,
        )
        for kind in KINDS
    ]


def places() -> list[Party]:
    """Parties outside of the keep's pods."""
    elsewhere = [
        Party(name=place.value, namespace=namespace, labels=labels)
        for place, (namespace, labels) in PODS_ELSEWHERE.items()
    ]
    return [*elsewhere, *(Party(name=name, cidr=cidr) for name, cidr in OUTSIDE.items())]


def traffic() -> list[Connection]:
    """The connections that are allowed with at least one end in the keep."""
    inside = {party.name for party in pods()}
    found = who_may_talk(policies(), [*pods(), *places()])
    return [each for each in found if {each.source, each.target} & inside]


def expected() -> set[tuple[str, str, str]]:
    """Connections that the table of flows allows, port by port, with external parties named as in the policies."""
    return {
        (source, target, str(ports))
        for flow in flows(ALL_LINKS)
        for source in _shown(flow.source)
        for target in _shown(flow.target)
        for ports in flow.ports
    }


def _shown(end: Pods | External) -> list[str]:
    if isinstance(end, External):
        return [SHOWN_AS.get(end, end.value)]
    chosen = [each for each in KINDS if end.workload in (None, each.workload) and end.name in (None, each.name)]
    return [each.label for each in chosen]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def flow_table() -> str:
    rows = [
        (flow.source.label, flow.target.label, ", ".join(map(str, flow.ports)), flow.purpose)
        for flow in flows(ALL_LINKS)
    ]
    return table(("From", "To", "Ports", "Purpose"), rows)


def traffic_table() -> str:
    return table(("From", "To", "Ports"), [(each.source, each.target, ", ".join(each.ports)) for each in traffic()])


def rendered(text: str) -> str:
    """The document with new content in its generated blocks."""
    for name, block in (("flows", flow_table()), ("traffic", traffic_table())):
        marks = rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)"
        text = re.sub(marks, lambda found, block=block: f"{found[1]}{block}\n{found[2]}", text, flags=re.DOTALL)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(DOCUMENT.read_text()))
