"""`codekeep manifests`: the Kubernetes objects of a stack as YAML, in the order of applying them."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.graph import SECRET, UNKNOWN, Node, ResourceGraph
from policies.graph.model import Source
from stacks.sessions.manifests import manifests_in, not_single_objects
from tests.cli.conftest import Keep

PROGRAM = """
import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

home = aws.Provider("home", region="eu-west-1")
queue = aws.sqs.Queue("jobs", opts=pulumi.ResourceOptions(provider=home))
space = kubernetes.core.v1.Namespace("space", metadata={"name": "space"})
kubernetes.core.v1.ConfigMap(
    "settings",
    metadata={"name": "settings", "namespace": space.metadata["name"]},
    data={"queue": queue.url, "text": "a\\nb\\n"},
)
"""


def node(type_: str, name: str, *needs: Node, **inputs: Any) -> Node:
    inputs = {"metadata": {"name": name, "namespace": "n"}, **inputs}
    urn = f"urn:pulumi:dev::codekeep::{type_}::{name}"
    source = Source(file="components/it.py", line=7)
    return Node(urn=urn, type=type_, name=name, inputs=inputs, dependencies=tuple(n.urn for n in needs), source=source)


def names(nodes: Sequence[Node]) -> list[str]:
    return [manifest.name for manifest in manifests_in(ResourceGraph(project="c", stack="d", nodes=tuple(nodes)))]


def test_dependencies_come_first_and_kinds_have_a_fixed_order() -> None:
    settings = node("kubernetes:core/v1:ConfigMap", "settings")
    gateway = node("kubernetes:apps/v1:Deployment", "gateway")
    account = node("kubernetes:core/v1:ServiceAccount", "account", gateway)
    space = node("kubernetes:core/v1:Namespace", "space")
    assert names([account, gateway, settings, space]) == ["space", "settings", "gateway", "account"]


def test_indirect_dependencies_count() -> None:
    gateway = node("kubernetes:apps/v1:Deployment", "gateway")
    queue = node("aws:sqs/queue:Queue", "queue", gateway)
    settings = node("kubernetes:core/v1:ConfigMap", "settings", queue)
    assert names([settings, queue, gateway]) == ["gateway", "settings"]


def test_the_order_of_manifests_does_not_depend_on_the_graphs_order() -> None:
    nodes = [node("kubernetes:core/v1:ConfigMap", name) for name in "cab"]
    assert names(nodes) == names(nodes[::-1]) == ["a", "b", "c"]


def test_a_document_names_its_source_and_can_be_parsed() -> None:
    data = {"secret": SECRET, "later": UNKNOWN, "lines": "a\nb\n", "yes": "yes"}
    graph = ResourceGraph(project="c", stack="d", nodes=(node("kubernetes:core/v1:Secret", "s", data=data),))
    [text] = [manifest.to_yaml() for manifest in manifests_in(graph)]
    assert text.splitlines()[1].startswith("# components/it.py:7: urn:pulumi:dev::codekeep::")
    assert "lines: |" in text
    assert yaml.safe_load(text) == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "namespace": "n"},
        "data": {"secret": "${secret}", "later": "${unknown}", "lines": "a\nb\n", "yes": "yes"},
    }


def test_resources_that_are_no_single_object_are_listed() -> None:
    chart = node("kubernetes:helm.sh/v3:Release", "keda")
    graph = ResourceGraph(project="c", stack="d", nodes=(chart,))
    assert not_single_objects(graph) == [chart]
    assert manifests_in(graph) == []


@pytest.fixture
def small(keep: Keep) -> Keep:
    return keep.write(program=PROGRAM)


def test_values_known_after_a_deployment_are_references(small: Keep) -> None:
    space, settings = yaml.safe_load_all(small.run("manifests", "dev").out)
    assert space == {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "space"}}
    assert re.fullmatch(r"\$\{urn:pulumi:dev::small::aws:sqs/queue:Queue::jobs#url\}", settings["data"]["queue"])


def test_each_object_is_written_to_its_own_file(small: Keep) -> None:
    small.run("manifests", "dev", "--output", "out")
    files = sorted((small.root / "out").iterdir())
    assert [file.name for file in files] == ["1-namespace-space.yaml", "2-configmap-settings.yaml"]
    assert yaml.safe_load(files[1].read_text())["data"]["text"] == "a\nb\n"
    refused = small.run("manifests", "dev", "--output", "out", code=2)
    assert "contains files already; give an empty or a new folder" in refused.err


def test_a_deployed_stacks_objects_have_their_values(small: Keep) -> None:
    refused = small.sandbox("manifests", "dev", "--from", "state", code=2)
    assert "was never brought up" in refused.err
    small.sandbox("up", "dev", "--yes", "--json")
    _, settings = yaml.safe_load_all(small.sandbox("manifests", "dev", "--from", "state").out)
    assert settings["data"]["queue"].startswith("https://")
    assert "${" not in settings["data"]["queue"]


def test_every_shipped_keep_has_its_namespace_first() -> None:
    from stacks.project import Project
    from stacks.sessions.recording import StackRecorder

    found = manifests_in(StackRecorder(Project.find(Path(__file__).resolve().parents[2])).graph("demo"))
    assert len(found) > 1
    assert found[0].kind == "Namespace"
    assert all(manifest.node.source for manifest in found)
