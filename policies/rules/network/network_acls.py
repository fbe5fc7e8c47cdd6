"""The access list is what remains when somebody opens a group."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from policies.graph import UNKNOWN, Node
from policies.reading import MISSING, Found, first, read
from policies.rule import Case, Finding, Requirement, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS, public_range

ACL, ENTRY = "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/networkAclRule:NetworkAclRule"
TCP = ("tcp", "6", 6)
FIRST_EPHEMERAL_PORT = 1024

RULE = network_rule(
    id="network-acls",
    title="Network ACLs pass, of public addresses, only HTTPS outwards and its answers",
    severity=Severity.MEDIUM,
    applies_to=(ACL, ENTRY),
    requirement=Requirement.ISOLATION,
    why="S3's gateway endpoint answers from public addresses; nothing else of the internet has to pass.",
    remedy="allow TCP 443 outwards (80 too with an agreed egress), TCP from 1024 inwards, as components.network",
    frameworks=FRAMEWORKS,
)


@dataclass(frozen=True, kw_only=True)
class _Entry:
    at: str
    outward: bool
    props: Mapping[str, Any]

    def path(self, name: str) -> str:
        return f"{self.at}.{name}" if self.at else name


@RULE.check
def passes_https_and_answers(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == ENTRY:
        outward = first(node.inputs, "egress") is True
        yield from _judged(node, _Entry(at="", outward=outward, props=node.inputs), case)
        return
    for direction in ("ingress", "egress"):
        for found in read(node.inputs, f"{direction}[*]"):
            if isinstance(found.value, Mapping):
                entry = _Entry(at=found.path, outward=direction == "egress", props=found.value)
                yield from _judged(node, entry, case)
            elif found.value is not MISSING:
                yield RULE.undecided(node, found.path)


def _judged(node: Node, entry: _Entry, case: Case) -> Iterator[Finding]:
    action = entry.props.get("action", entry.props.get("ruleAction"))
    if action is UNKNOWN:
        yield RULE.undecided(node, entry.path("action"))
    elif action != "deny":
        for name in ("cidrBlock", "ipv6CidrBlock"):
            if (value := entry.props.get(name)) is not None:
                found = Found(entry.path(name), value)
                yield from public_range(RULE, node, found, partial(_public, node, entry, found, case))


def _public(node: Node, entry: _Entry, found: Found, case: Case) -> Iterator[Finding]:
    if not _answers_or_https(entry, case):
        allowed = "public addresses get TCP 443 at most" if entry.outward else "public addresses may only answer"
        yield RULE.violation(node, found.path, f"got {found.value}: {allowed}")


def _answers_or_https(entry: _Entry, case: Case) -> bool:
    low, high = entry.props.get("fromPort"), entry.props.get("toPort")
    if entry.props.get("protocol") not in TCP or not isinstance(low, int) or not isinstance(high, int):
        return False
    if not entry.outward:
        return low >= FIRST_EPHEMERAL_PORT
    return low == high and low in ((443,) if case.facts.egress == "none" else (443, 80))
