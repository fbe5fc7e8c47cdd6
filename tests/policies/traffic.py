"""Which pods may talk to which, computed from NetworkPolicy objects alone, as Kubernetes defines them.

A connection between pods passes if the source's policies allow it out and the target's allow it in. A pod that no
policy selects in a direction is open in that direction. A party outside the cluster has an address and no policies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

Object = Mapping[str, Any]
Interval = tuple[str, int, int]  # protocol, first and last port
LAST_PORT = 65_535
PROTOCOLS = ("SCTP", "TCP", "UDP")
EVERYTHING: tuple[Interval, ...] = tuple((protocol, 1, LAST_PORT) for protocol in PROTOCOLS)
NAME_LABEL = "kubernetes.io/metadata.name"  # the API server puts it on every namespace


@dataclass(frozen=True, kw_only=True)
class Party:
    """Pods of one kind or, without a namespace, somebody outside the cluster; `cidr` contains their addresses."""

    name: str
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    cidr: str | None = None


@dataclass(frozen=True, order=True)
class Connection:
    """An allowed connection; `ports` as in "443", "1024-65535" or "53/udp", in order."""

    source: str
    target: str
    ports: tuple[str, ...]


def who_may_talk(policies: Iterable[Object], parties: Iterable[Party]) -> list[Connection]:
    """Every allowed connection, in order; pods of one kind may also talk to each other."""
    every, known = list(policies), list(parties)
    inside = [party for party in known if party.namespace is not None]
    found = []
    for source in known:
        for target in known if source in inside else inside:
            ports = _both(_open(every, source, target, "Egress"), _open(every, target, source, "Ingress"))
            if ports:
                found.append(Connection(source.name, target.name, tuple(map(_text, ports))))
    return sorted(found)


def _open(policies: list[Object], own: Party, other: Party, direction: str) -> list[Interval]:
    """The ports that `own`'s policies leave open to, or from, the other."""
    if own.namespace is None:
        return list(EVERYTHING)
    rules, peers = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    selecting = [each for each in policies if direction in _types(each["spec"]) and _selects_pods(each, own)]
    if not selecting:
        return list(EVERYTHING)
    spans: list[Interval] = []
    for policy in selecting:
        for rule in policy["spec"].get(rules) or ():
            named = rule.get(peers) or ()
            if not named or any(_is_peer(peer, policy, other) for peer in named):
                spans += _spans(rule.get("ports") or ())
    return _merged(spans)


def _types(spec: Object) -> list[str]:
    types: list[str] = spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]
    return types


def _selects_pods(policy: Object, party: Party) -> bool:
    return policy["metadata"]["namespace"] == party.namespace and _matches(policy["spec"]["podSelector"], party.labels)


def _is_peer(peer: Object, policy: Object, other: Party) -> bool:
    if "ipBlock" in peer:
        return other.cidr is not None and _within(peer["ipBlock"], other.cidr)
    if other.namespace is None:
        return False
    if "namespaceSelector" in peer:
        labels = {NAME_LABEL: other.namespace, **other.namespace_labels}
        if not _matches(peer["namespaceSelector"], labels):
            return False
    elif other.namespace != policy["metadata"]["namespace"]:
        return False
    return _matches(peer.get("podSelector") or {}, other.labels)


def _within(block: Object, cidr: str) -> bool:
    """Whether any address of the range is in the block."""
    first, last = _bounds(cidr)
    hidden = [_bounds(each) for each in block.get("except") or ()]
    lowest, highest = _bounds(block["cidr"])
    return lowest <= last and first <= highest and not any(low <= first and last <= high for low, high in hidden)


def _bounds(cidr: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last address, each after its version, so that versions never meet."""
    network = ip_network(cidr)
    return (network.version, int(network.network_address)), (network.version, int(network.broadcast_address))


def _matches(selector: Object, labels: Mapping[str, str]) -> bool:
    wanted = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions") or ()
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _expressed(each, labels) for each in expressions
    )


def _expressed(expression: Object, labels: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values") or ()
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    raise ValueError(f"operator must be In, NotIn, Exists or DoesNotExist, got {expression['operator']!r}")


def _spans(ports: Iterable[Object]) -> list[Interval]:
    """No ports means all. A named port could be any number, so it is refused rather than guessed."""
    listed = list(ports)
    if not listed:
        return list(EVERYTHING)
    spans = []
    for each in listed:
        first = each.get("port")
        if isinstance(first, str):
            raise ValueError(f"port must be a number to be judged, got {first!r}; write the container's port")
        protocol = each.get("protocol", "TCP")
        spans.append((protocol, first or 1, each.get("endPort") or first or LAST_PORT))
    return spans


def _both(some: list[Interval], others: list[Interval]) -> list[Interval]:
    shared = [
        (protocol, max(first, other_first), min(last, other_last))
        for protocol, first, last in some
        for other_protocol, other_first, other_last in others
        if protocol == other_protocol and max(first, other_first) <= min(last, other_last)
    ]
    return _merged(shared)


def _merged(spans: Iterable[Interval]) -> list[Interval]:
    """Sorted by protocol and port; intervals that overlap or adjoin are merged."""
    merged: list[Interval] = []
    for protocol, first, last in sorted(spans):
        if merged and merged[-1][0] == protocol and first <= merged[-1][2] + 1:
            merged[-1] = (protocol, merged[-1][1], max(last, merged[-1][2]))
        else:
            merged.append((protocol, first, last))
    return merged


def _text(span: Interval) -> str:
    protocol, first, last = span
    numbers = str(first) if first == last else f"{first}-{last}"
    return numbers if protocol == "TCP" else f"{numbers}/{protocol.lower()}"
