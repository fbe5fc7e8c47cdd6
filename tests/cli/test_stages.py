"""`up` by stages, and the commands that fill the registry and the bucket of models between them."""

from pathlib import Path

import pytest
from codekeep_contracts.faults import Fault

from policies.graph.model import STACK_TYPE
from stacks.engines.sandbox_engine import SandboxEngine
from stacks.project import Project
from stacks.sessions.foundation import foundation
from stacks.sessions.supplies import missing_supplies, record_supplies, require_supplies
from stacks.spec import load
from tests.cli.conftest import Keep
from tests.stacks.programs import graph_of

ROOT = Path(__file__).resolve().parents[2]
STACKS = ("demo", "acme", "pico", "platform-eu-central-1")
ALONE = {"aws:ec2/vpc:Vpc", "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/routeTable:RouteTable"}
"""What the bucket's policy names: the endpoint of S3. It costs nothing."""


@pytest.fixture
def demo(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> Keep:
    (keep.root / "Pulumi.yaml").write_text(f"name: codekeep\nruntime: python\nmain: {ROOT / 'stacks'}\n")
    (keep.root / "Pulumi.demo.yaml").write_text((ROOT / "Pulumi.demo.yaml").read_text())
    monkeypatch.chdir(keep.root)
    return keep


@pytest.mark.parametrize("stack", STACKS)
def test_the_first_stage_is_complete_in_itself_and_costs_little(stack: str) -> None:
    graph = graph_of(stack)
    first = foundation(graph)
    nodes = [graph.node(urn) for urn in first]
    types = {node.type for node in nodes}
    assert types >= {"aws:kms/key:Key"}
    assert types & {"aws:ecr/repository:Repository", "aws:s3/bucket:Bucket"}
    for node in nodes:
        needed = {urn for urn in graph.needs(node) | {node.parent or node.urn} if graph.node(urn).type != STACK_TYPE}
        assert needed <= first, f"{node.urn} needs {needed - first}"
    network = {type_ for type_ in types if type_.startswith("aws:ec2/")}
    assert network <= ALONE
    assert not {type_ for type_ in types if type_.startswith(("aws:eks/", "aws:opensearch/", "kubernetes:"))}


def test_the_registry_comes_first_and_takes_images_and_models(
    demo: Keep, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = demo.sandbox("up", "demo", "--only-registry", "--yes")
    assert "stage 1 of 3" in made.out
    count = len([node for node in graph_of("demo").resources if node.urn in foundation(graph_of("demo"))])
    assert count > 40
    assert f": {count} created in" in made.out
    assert demo.sandbox("outputs", "demo", "--json").out == "{}\n"  # they are those of a whole keep
    assert f"{count} unchanged" in demo.sandbox("up", "demo", "--only-registry", "--yes").out

    project, spec = Project.find(), load(ROOT / "Pulumi.demo.yaml")
    engine = SandboxEngine(project)
    missing = missing_supplies(project, engine, spec)
    assert [len(each) for each in (missing.controllers, missing.images, missing.models)] == [8, 9, 4]
    with pytest.raises(Fault, match="codekeep models push demo chat FOLDER") as fault:
        require_supplies(missing, "demo")
    assert "image codekeep-demo/code-ingest-parse@sha256:0431d027" in str(fault.value)

    folder = tmp_path_factory.mktemp("model")
    (folder / "config.json").write_text("{}")
    assert "1 files sent" in demo.sandbox("models", "push", "demo", "chat", str(folder)).out
    assert "0 files sent" in demo.sandbox("models", "push", "demo", "chat", str(folder)).out
    missing = missing_supplies(project, engine, spec)
    assert [len(each) for each in (missing.controllers, missing.images, missing.models)] == [8, 9, 3]
    record_supplies(engine, spec, missing)
    assert not missing_supplies(project, engine, spec)


def test_a_model_needs_its_bucket(demo: Keep, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    refused = demo.sandbox("models", "push", "demo", "chat", str(folder), code=1).err
    assert "did not take the model into bucket codekeep-demo-models-" in refused
    assert "made by `codekeep up demo --only-registry`" in refused
