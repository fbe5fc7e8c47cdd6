"""Sessions return data and report events by callbacks, so that other programs than the CLI can use them."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts.engine_events import (
    Event,
    Operation,
    OutputsChanged,
    Phase,
    ResourceStep,
    Status,
    StepOp,
    Summary,
)
from codekeep_contracts.faults import Fault, UsageFault

from stacks.engines.engine import Deployment
from stacks.project import Project
from stacks.sessions.check.check import check
from stacks.sessions.check.sources import ProgramSource
from stacks.sessions.deployment import deploy, stack_outputs
from stacks.sessions.graphs import graph_document, stack_graph
from stacks.sessions.manifests import manifests_in
from tests.cli.conftest import Keep

URN = "urn:pulumi:dev::small::codekeep:store:Store$aws:kms/key:Key::store"


class FakeEngine:
    """An engine that emits the events of a test."""

    name = "fake"

    def __init__(self, *events: Event) -> None:
        self.events = events
        self.deployments: list[Deployment] = []

    def run(self, deployment: Deployment, on_event: Callable[[Event], None], cancel: threading.Event) -> None:
        self.deployments.append(deployment)
        for event in self.events:
            on_event(event)

    def state(self, stack: str) -> Mapping[str, Any] | None:
        return None

    def outputs(self, stack: str, *, show_secrets: bool) -> Mapping[str, Any] | None:
        return {"key": "value"} if self.deployments else None

    def endpoint(self) -> str | None:
        return None

    def emulates(self, resource_type: str) -> bool:
        return True

    def recorded(self, resource_type: str, account_id: str, region: str) -> list[Mapping[str, Any]]:
        return []


def step(op: StepOp, phase: Phase = Phase.DONE, **fields: Any) -> ResourceStep:
    return ResourceStep(phase=phase, op=op, urn=URN, type="aws:kms/key:Key", name="store", **fields)


def summary(status: Status = Status.SUCCEEDED) -> Summary:
    return Summary(operation=Operation.UP, status=status)


def test_a_deployment_returns_its_outcome_and_reports_events(keep: Keep) -> None:
    project = Project.find(keep.write().root)
    events = (
        step(StepOp.CREATE_REPLACEMENT, Phase.STARTED),
        step(StepOp.CREATE_REPLACEMENT),
        step(StepOp.DELETE_REPLACED),
        OutputsChanged(urn=URN, diff=()),
        summary(),
    )
    seen: list[Event] = []
    engine = FakeEngine(*events)
    outcome = deploy(project, "dev", Operation.UP, engine, on_event=seen.append)
    assert seen == list(events)
    assert (outcome.stack, outcome.engine, outcome.succeeded) == ("dev", "fake", True)
    assert outcome.progress.counts == {StepOp.REPLACE: 1}
    assert list(outcome.progress.groups) == ["store"]
    assert outcome.outputs == {"key": "value"}
    assert not outcome.changes_nothing
    assert engine.deployments == [Deployment(operation=Operation.UP, stack="dev")]
    assert stack_outputs(project, "dev", engine) == {"key": "value"}


def test_a_failed_deployment_is_an_outcome_without_outputs(keep: Keep) -> None:
    project = Project.find(keep.write().root)
    failed = FakeEngine(step(StepOp.CREATE, Phase.FAILED, error="refused"), summary(Status.FAILED))
    outcome = deploy(project, "dev", Operation.UP, failed)
    assert not outcome.succeeded
    assert outcome.progress.failed == 1
    assert outcome.outputs == {}


def test_an_impossible_request_raises_a_fault(keep: Keep) -> None:
    project = Project.find(keep.write().root)
    with pytest.raises(UsageFault, match="no stack 'nope'"):
        deploy(project, "nope", Operation.UP, FakeEngine(summary()))
    with pytest.raises(Fault, match="the fake engine ended without a summary"):
        deploy(project, "dev", Operation.UP, FakeEngine())
    with pytest.raises(UsageFault, match="was never brought up"):
        stack_outputs(project, "dev", FakeEngine())


def test_graph_manifests_and_check_return_data(keep: Keep, tmp_path: Path) -> None:
    project = Project.find(keep.write().root)
    graph = stack_graph(project, "dev")
    assert {node.name for node in graph.resources} == {"store", "token"}
    assert "facts" not in graph_document(project, graph)
    assert manifests_in(graph) == []
    (tmp_path / "plain.py").write_text('import pulumi_aws as aws\naws.kms.Key("data")\n')
    source = ProgramSource(
        folder=tmp_path / "plain.py", config={"codekeep:allowedRegions": "eu-west-1", "aws:region": "eu-west-1"}
    )
    run = check([source])
    assert run.exit_code == 1
    assert "key-rotation" in {finding.rule for finding in run.reports[0].violations}
