"""Program and plugin as real processes: errors, interruptions, kills, and the pulumi CLI on the same state."""

import json
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts.engine_events import Diagnostic, Event, Operation, Severity, Status, StepOp

from sandbox.engine.engine import Engine
from sandbox.engine.request import DeploymentRequest
from sandbox.engine.values import Secret
from tests.sandbox.engine.harness import eventually
from tests.sandbox.engine.testprovider import World

ROOT = Path(__file__).parents[3]
PROGRAMS = Path(__file__).parent / "programs"


def request(folder: Path, operation: str = "up", program: str = "plain", **changes: Any) -> DeploymentRequest:
    world = folder / "world"
    world.mkdir(exist_ok=True)
    fields: dict[str, Any] = {
        "operation": Operation(operation),
        "project": "proj",
        "stack": "dev",
        "program": [str(PROGRAMS / program)],
        "program_cwd": PROGRAMS,
        "config": {"proj:password": "s3cret"},
        "secret_keys": frozenset({"proj:password"}),
        "backend": folder,
        "passphrase": "opensesame",
        "plugins": {"test": [sys.executable, "-m", "tests.sandbox.engine.testprovider", str(world)]},
        "environment": {"PYTHONPATH": str(ROOT)},
        "parallel": 4,
    }
    return DeploymentRequest(**{**fields, **changes})


def run(wanted: DeploymentRequest, cancel: threading.Event | None = None) -> tuple[Any, list[Event]]:
    events: list[Event] = []
    return Engine().run(wanted, events.append, cancel), events


def diagnostics(events: list[Event], severity: Severity) -> list[str]:
    return [event.message for event in events if isinstance(event, Diagnostic) and event.severity is severity]


def test_a_plain_program_comes_up_and_goes_down(tmp_path: Path) -> None:
    result, events = run(request(tmp_path))
    assert result.succeeded
    assert result.outputs["project"] == "proj"
    assert result.outputs["stack"] == "dev"
    assert result.outputs["password"] == "[secret]"
    assert result.outputs["token"].startswith("token-g-b-")
    assert "the program speaks" in diagnostics(events, Severity.INFO)
    assert "a warning of the program" in diagnostics(events, Severity.WARNING)
    assert "s3cret" not in repr(events)
    state = Engine.stack(tmp_path, "proj", "dev", "opensesame")
    assert state.outputs["password"] == Secret("s3cret")
    thing = next(s for s in state.resources.values() if s.name == "g-a")
    assert thing.source_position.startswith("project:///things.py#")

    again, _ = run(request(tmp_path))
    assert again.counts == {StepOp.SAME: 5}
    gone, _ = run(request(tmp_path, "destroy"))
    assert gone.succeeded
    assert World(tmp_path / "world").objects == {}


def test_an_exception_of_the_program_is_shown_with_its_own_frames(tmp_path: Path) -> None:
    result, events = run(request(tmp_path, program="broken"))
    assert result.status is Status.FAILED
    (message,) = diagnostics(events, Severity.ERROR)
    assert "RuntimeError: the program's own fault" in message
    assert "in helper" in message
    assert "runpy" not in message


def test_a_program_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    result, events = run(request(tmp_path, program="nowhere"))
    assert not result.succeeded
    assert "nowhere" in diagnostics(events, Severity.ERROR)[0]


def test_a_plugin_that_does_not_start_is_an_error(tmp_path: Path) -> None:
    broken = [sys.executable, "-c", "import sys; sys.exit('no such module')"]
    result, events = run(request(tmp_path, plugins={"test": broken}))
    assert not result.succeeded
    assert any("plugin 'test' printed '' instead of its port" in m for m in diagnostics(events, Severity.ERROR))


def test_a_plugin_that_dies_is_an_error_and_its_operation_stays_pending(tmp_path: Path) -> None:
    wanted = request(tmp_path)
    (tmp_path / "world" / "faults.json").write_text(json.dumps({"create:g-b": "lost"}))
    result, events = run(wanted)
    assert not result.succeeded
    assert any("plugin 'test' died (exit code -9)" in message for message in diagnostics(events, Severity.ERROR))
    pending = Engine.stack(tmp_path, "proj", "dev").pending.values()
    assert [(operation.type, operation.resource.name) for operation in pending] == [("creating", "g-b")]

    (tmp_path / "world" / "faults.json").unlink()
    result, events = run(wanted)
    assert result.succeeded
    (warning,) = [m for m in diagnostics(events, Severity.WARNING) if "died while" in m]
    assert "creating urn:pulumi:dev::proj::test:index:Group$test:index:Thing::g-b" in warning
    assert Engine.stack(tmp_path, "proj", "dev").pending == {}


def test_after_a_cancellation_running_steps_end_and_no_new_ones_start(tmp_path: Path) -> None:
    cancel = threading.Event()
    events: list[Event] = []

    def stop_after_some(event: Event) -> None:
        events.append(event)
        if len([e for e in events if getattr(e, "type", "") == "test:index:Thing"]) > 20:
            cancel.set()

    wanted = request(tmp_path, config={"proj:count": "300"}, secret_keys=frozenset())
    result = Engine().run(wanted, stop_after_some, cancel)
    assert result.status is Status.CANCELLED
    assert result.exit_code == 1
    state = Engine.stack(tmp_path, "proj", "dev")
    made = {s.id for s in state.resources.values() if s.type == "test:index:Thing"}
    assert 0 < len(made) < 300
    assert made == World(tmp_path / "world").objects.keys()
    assert state.pending == {}


@pytest.mark.parametrize("seed", range(3))
def test_after_a_kill_at_any_time_the_state_loads_and_the_next_up_completes(tmp_path: Path, seed: int) -> None:
    count = 60
    script = (
        "import sys, json, pickle; from sandbox.engine.engine import Engine; "
        "Engine().run(pickle.loads(bytes.fromhex(sys.argv[1])), lambda event: print(type(event).__name__, flush=True))"
    )
    wanted = request(tmp_path, config={"proj:count": str(count)}, secret_keys=frozenset())
    child = subprocess.Popen(
        [sys.executable, "-c", script, pickle.dumps(wanted).hex()],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
    )
    assert child.stdout is not None
    for _ in range(random.Random(seed).randrange(8, 2 * count)):  # noqa: S311 - no secret
        child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.wait()

    state = Engine.stack(tmp_path, "proj", "dev")
    _settle(tmp_path)
    recorded = {s.id for s in state.resources.values() if s.type == "test:index:Thing"}
    pending = {o.resource.name for o in state.pending.values() if o.type == "creating"}
    world = World(tmp_path / "world")
    unrecorded = world.objects.keys() - recorded
    assert recorded <= world.objects.keys()
    assert {world.objects[id_]["_urn"].rsplit("::", 1)[-1] for id_ in unrecorded} <= pending

    result, events = run(wanted)
    assert result.succeeded, diagnostics(events, Severity.ERROR)
    warnings = "\n".join(diagnostics(events, Severity.WARNING))
    assert "took over the lock of a process that died" in warnings
    assert all(name in warnings for name in pending)
    names = [
        props["_urn"].rsplit("::", 1)[-1]
        for id_, props in World(tmp_path / "world").objects.items()
        if id_ not in unrecorded
    ]
    assert sorted(names) == sorted([*(f"extra-{index}" for index in range(count)), "g-a", "g-b"])
    assert run(wanted)[0].counts == {StepOp.SAME: count + 5}


def _settle(folder: Path) -> None:
    """Waits until the killed engine's children have ended: the plugin may still write a line."""
    marker = str(folder / "world").encode()

    def gone() -> bool:
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if marker in entry.read_bytes():
                    return False
            except OSError:
                continue
        return True

    eventually(gone)


@pytest.mark.pulumi
def test_the_pulumi_cli_reads_the_state_and_the_engine_reads_its_export(tmp_path: Path) -> None:
    if shutil.which("pulumi") is None:
        pytest.skip("the pulumi binary is not on PATH")
    result, _ = run(request(tmp_path))
    assert result.succeeded
    (tmp_path / "Pulumi.yaml").write_text("name: proj\nruntime: python\n")

    def pulumi(*arguments: str) -> str:
        environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{tmp_path}",
            "PULUMI_CONFIG_PASSPHRASE": "opensesame",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_HOME": str(tmp_path / "home"),
        }
        done = subprocess.run(
            ["pulumi", "--non-interactive", *arguments],
            cwd=tmp_path,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    exported = tmp_path / "export.json"
    pulumi("stack", "export", "-s", "dev", "--file", str(exported))
    assert len(json.loads(exported.read_text())["deployment"]["resources"]) == 5
    assert json.loads(pulumi("stack", "output", "-s", "dev", "--json", "--show-secrets"))["password"] == "s3cret"
    pulumi("stack", "import", "-s", "dev", "--file", str(exported))
    assert run(request(tmp_path))[0].counts == {StepOp.SAME: 5}
    assert run(request(tmp_path, "destroy"))[0].succeeded
