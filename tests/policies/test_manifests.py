"""Kubernetes objects of a graph as manifests."""

import yaml

from policies.graph import SECRET, UNKNOWN, Node, ResourceGraph
from policies.manifests import manifests_of


def node(type_: str, name: str, **inputs: object) -> Node:
    return Node(urn=f"urn:pulumi:dev::codekeep::{type_}::{name}", type=type_, name=name, inputs=inputs)


def test_each_object_is_a_document_and_its_lines_lead_back() -> None:
    space = node("kubernetes:core/v1:Namespace", "space", metadata={"name": "acme", "labels": {"a": "b"}})
    gateway = node("kubernetes:apps/v1:Deployment", "gateway", apiVersion="apps/v1", spec={"replicas": 2})
    found = manifests_of(ResourceGraph(project="codekeep", stack="dev", nodes=(space, gateway)))
    assert list(yaml.safe_load_all(found.text)) == [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "acme", "labels": {"a": "b"}}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "gateway"}, "spec": {"replicas": 2}},
    ]
    for number, line in enumerate(found.text.splitlines(), start=1):
        if line.startswith("kind: "):
            assert found.at(number).type.endswith(line.removeprefix("kind: "))


def test_what_is_not_known_or_not_shown_is_left_out() -> None:
    secret = node("kubernetes:core/v1:Secret", "s", metadata={"name": UNKNOWN, "namespace": "n"}, data={"k": SECRET})
    [document] = yaml.safe_load_all(manifests_of(ResourceGraph(project="c", stack="d", nodes=(secret,))).text)
    assert document == {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "n"}, "data": {}}


def test_what_is_no_single_object_is_listed_as_unmapped() -> None:
    release = node("kubernetes:helm.sh/v3:Release", "r", chart="keda")
    found = manifests_of(ResourceGraph(project="codekeep", stack="dev", nodes=(release,)))
    assert found.unmapped == (release,)
    assert found.text == ""
