"""A policy that names nobody in particular lets everybody through."""

from collections.abc import Iterator
from functools import partial
from ipaddress import ip_network
from typing import Any

from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import NETWORK_POLICY, known

DIRECTIONS = {"ingress": "from", "egress": "to"}
WIDEST = {4: 8, 6: 32}  # prefix lengths

RULE = kubernetes_rule(
    id="network-policy-peers",
    title="Network policies name who may talk to whom",
    severity=Severity.CRITICAL,
    applies_to=(NETWORK_POLICY,),
    requirement=Requirement.ISOLATION,
    why="A rule without a peer, or with 0.0.0.0/0, opens what the default policy closed.",
    remedy="name pods, namespaces by label, or the address range of a link",
    frameworks=frameworks("4.3.2", soc2="CC6.6", iso="A.8.20"),
)


@RULE.check
def peers_are_named(node: Node, _: Case) -> Iterator[Finding]:
    for rules, peers in DIRECTIONS.items():
        yield from RULE.each(node, f"spec.{rules}[*]", partial(_judge_rule, node, peers))


def _judge_rule(node: Node, peers: str, rule: Found) -> Iterator[Finding]:
    listed = rule.value.get(peers)
    path = f"{rule.path}.{peers}"
    if not known(listed):
        yield RULE.undecided(node, path)
    elif not listed:
        yield RULE.violation(node, path, "not set, which means everybody")
    else:
        for index, peer in enumerate(listed):
            yield from _judge_peer(node, f"{path}[{index}]", peer)


def _judge_peer(node: Node, path: str, peer: Any) -> Iterator[Finding]:
    if not known(peer):
        yield RULE.undecided(node, path)
        return
    if not peer:
        yield RULE.violation(node, path, "is empty, which names nobody in particular")
    selector = peer.get("namespaceSelector")
    if not known(selector):
        yield RULE.undecided(node, f"{path}.namespaceSelector")
    elif selector is not None and not any(selector.values()):
        yield RULE.violation(node, f"{path}.namespaceSelector", "selects every namespace")
    block = peer.get("ipBlock")
    cidr = block.get("cidr") if isinstance(block, dict) else block
    if not known(cidr):
        yield RULE.undecided(node, f"{path}.ipBlock")
    elif isinstance(cidr, str) and _is_wide(cidr):
        yield RULE.violation(node, f"{path}.ipBlock.cidr", f"got {cidr!r}, wider than a private network")


def _is_wide(cidr: str) -> bool:
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        return True  # no range of addresses: nothing that was agreed
    return network.prefixlen < WIDEST[network.version]
