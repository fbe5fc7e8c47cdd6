"""The evaluator against what Kubernetes' documentation says of network policies."""

from typing import Any

import pytest

from tests.policies.traffic import Party, who_may_talk

A = Party(name="a", namespace="x", labels={"app": "a"}, cidr="10.0.0.0/24")
B = Party(name="b", namespace="x", labels={"app": "b"}, cidr="10.0.1.0/24")
FAR = Party(name="far", namespace="y", labels={"app": "b"}, namespace_labels={"team": "t"})
OUT = Party(name="out", cidr="203.0.113.0/24")
EVERYTHING = ("1-65535/sctp", "1-65535", "1-65535/udp")


def policy(selector: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    types = [name for key, name in (("ingress", "Ingress"), ("egress", "Egress")) if key in spec]
    given = {"podSelector": selector or {}, "policyTypes": types, **spec}
    return {"metadata": {"name": "p", "namespace": "x"}, "spec": given}


def passes(*policies: dict[str, Any], source: Party = A, target: Party = B) -> tuple[str, ...]:
    found = {(each.source, each.target): each.ports for each in who_may_talk(policies, [A, B, FAR, OUT])}
    return found.get((source.name, target.name), ())


def test_without_policies_all_is_open() -> None:
    assert passes() == EVERYTHING
    assert passes(source=A, target=OUT) == passes(source=OUT, target=A) == EVERYTHING


def test_an_empty_rule_list_closes_and_an_empty_rule_opens() -> None:
    assert passes(policy(ingress=[])) == ()
    assert passes(policy(egress=[])) == ()
    assert passes(policy(ingress=[{}])) == EVERYTHING
    assert passes(policy(ingress=[], egress=[]), source=FAR, target=OUT) == EVERYTHING  # another namespace's pod


def test_both_ends_must_agree() -> None:
    out = policy(
        {"matchLabels": {"app": "a"}}, egress=[{"to": [{"podSelector": {}}], "ports": [{"port": 80, "endPort": 90}]}]
    )
    let_in = policy({"matchLabels": {"app": "b"}}, ingress=[{"from": [{"podSelector": {}}], "ports": [{"port": 85}]}])
    assert passes(out) == ("80-90",)
    assert passes(out, let_in) == ("85",)
    assert passes(out, let_in, policy(ingress=[], egress=[])) == ("85",)  # policies add up


@pytest.mark.parametrize(
    ("peer", "opens"),
    [
        ({"podSelector": {"matchLabels": {"app": "b"}}}, False),  # of this namespace only
        ({"namespaceSelector": {}}, True),
        ({"namespaceSelector": {"matchLabels": {"team": "t"}}, "podSelector": {"matchLabels": {"app": "b"}}}, True),
        ({"namespaceSelector": {"matchLabels": {"team": "t"}}, "podSelector": {"matchLabels": {"app": "z"}}}, False),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "y"}}}, True),
        ({"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["t"]}]}}, False),
        ({"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "Exists"}]}}, True),
        ({"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "DoesNotExist"}]}}, False),
        ({"ipBlock": {"cidr": "0.0.0.0/0"}}, False),  # its address is not known
    ],
)
def test_peers_of_another_namespace(peer: dict[str, Any], opens: bool) -> None:
    assert bool(passes(policy(ingress=[{"from": [peer]}]), source=FAR, target=A)) is opens


@pytest.mark.parametrize(
    ("block", "opens"),
    [
        ({"cidr": "203.0.113.0/25"}, True),  # a part of it
        ({"cidr": "0.0.0.0/0"}, True),
        ({"cidr": "0.0.0.0/0", "except": ["203.0.0.0/16"]}, False),
        ({"cidr": "0.0.0.0/0", "except": ["203.0.113.0/25"]}, True),
        ({"cidr": "198.51.100.0/24"}, False),
        ({"cidr": "::/0"}, False),
    ],
)
def test_addresses(block: dict[str, Any], opens: bool) -> None:
    assert bool(passes(policy(egress=[{"to": [{"ipBlock": block}]}]), target=OUT)) is opens


def test_types_left_out_are_ingress_and_egress_where_it_has_rules() -> None:
    bare = {"metadata": {"name": "p", "namespace": "x"}, "spec": {"podSelector": {}}}
    assert passes(bare) == ()
    assert passes(bare, source=A, target=OUT) == EVERYTHING


def test_ports_by_name_are_refused() -> None:
    with pytest.raises(ValueError, match="'http'"):
        passes(policy(ingress=[{"ports": [{"port": "http"}]}]))
