"""The state on disk: checkpoint, journal, secrets, lock."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sandbox.engine.backend import StackFiles
from sandbox.engine.checkpoint import CheckpointError, StackState, decode, encode, parse
from sandbox.engine.crypter import PassphraseCrypter, WrongPassphraseError
from sandbox.engine.engine import Engine
from sandbox.engine.lock import StackLockedError, stack_lock
from sandbox.engine.state import Operation, ResourceState, in_dependency_order, resource_from_json, resource_to_json
from sandbox.engine.store import StateStore, load
from sandbox.engine.values import ResourceReference, Secret
from tests.sandbox.engine.harness import Res, Sandbox


@pytest.fixture
def files(tmp_path: Path) -> StackFiles:
    files = StackFiles(tmp_path, "proj", "dev")
    files.prepare()
    return files


def thing(name: str, **fields: object) -> ResourceState:
    return ResourceState(
        urn=f"urn:pulumi:dev::proj::test:index:Thing::{name}", type="test:index:Thing", custom=True, **fields
    )


FULL = thing(
    "full",
    id="id-1",
    inputs={"a": [1, 2.5, True, None, {"b": Secret({"c": ["x"]})}]},
    outputs={"ref": ResourceReference("urn:pulumi:dev::proj::x::y", "id"), "": "empty key"},
    parent="urn:pulumi:dev::proj::pulumi:pulumi:Stack::s",
    provider="urn:pulumi:dev::proj::pulumi:providers:test::p::123",
    dependencies=("urn:pulumi:dev::proj::x::y",),
    property_dependencies={"a": ("urn:pulumi:dev::proj::x::y",)},
    protect=True,
    external=True,
    delete=True,
    pending_replacement=True,
    retain_on_delete=True,
    deleted_with="urn:pulumi:dev::proj::x::z",
    init_errors=("slow",),
    additional_secret_outputs=("token",),
    aliases=("urn:pulumi:dev::proj::x::old",),
    custom_timeouts={"create": 30.0},
    import_id="imp",
    ignore_changes=("a",),
    replace_on_changes=("b",),
    created="2026-01-01T00:00:00.0Z",
    modified="2026-01-02T00:00:00.0Z",
    source_position="project:///main.py#3",
    unmodelled={"viewOf": "urn:pulumi:dev::proj::x::v"},
)


def test_a_resource_survives_conversion_to_json_and_back() -> None:
    crypter = PassphraseCrypter.fresh("pw")
    data = json.loads(json.dumps(resource_to_json(FULL, crypter)))
    assert resource_from_json(data, crypter) == FULL
    assert '"x"' not in json.dumps(data)  # the secret
    assert {"propertyDependencies", "customTimeouts", "importID", "deletedWith", "initErrors", "viewOf"} <= data.keys()


def test_a_checkpoint_survives_writing_and_reading() -> None:
    crypter = PassphraseCrypter.fresh("pw")
    state = StackState({"k": FULL}, {"o": Operation("creating", thing("b"))})
    content = encode(state, "organization/proj/dev", crypter)
    back = decode(parse(content, "x.json"), crypter)
    assert list(back.resources.values()) == [FULL]
    assert list(back.pending.values()) == [Operation("creating", thing("b"))]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a checkpoint"),
        (b'{"version": 4, "checkpoint": {}}', "version must be 3, got 4"),
    ],
)
def test_a_damaged_checkpoint_is_an_error(files: StackFiles, content: bytes, message: str) -> None:
    files.checkpoint.write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        load(files, "pw")


def test_every_step_is_on_disk_before_the_run_ends(files: StackFiles) -> None:
    store = StateStore(files, "pw")
    key = store.new_key()
    operation = store.begin("creating", thing("a"))
    assert [o.resource.name for o in load(files, "pw").pending.values()] == ["a"]
    store.commit(put={key: thing("a", id="1")}, end=[operation])
    seen = load(files, "pw")
    assert [s.id for s in seen.resources.values()] == ["1"]
    assert seen.pending == {}
    store.commit(drop=[key])
    assert load(files, "pw").resources == {}


def test_the_next_run_completes_the_checkpoint_of_a_killed_run(files: StackFiles) -> None:
    store = StateStore(files, "pw")
    store.commit(put={store.new_key(): thing("a", id="1", inputs={"s": Secret("x")})})
    store.begin("deleting", thing("a", id="1"))
    # No close, as if the process had died.
    again = StateStore(files, "pw")
    assert not files.journal.exists()
    assert [s.inputs for s in again.state.resources.values()] == [{"s": Secret("x")}]
    assert [o.type for o in again.state.pending.values()] == ["deleting"]
    again.close()
    assert [s.id for s in load(files, "pw").resources.values()] == ["1"]


@pytest.mark.parametrize("cut", [1, 20, -1])
def test_an_incomplete_last_line_is_ignored(files: StackFiles, cut: int) -> None:
    store = StateStore(files, "pw")
    store.commit(put={store.new_key(): thing("a", id="1")})
    whole = files.journal.read_bytes()
    store.commit(put={store.new_key(): thing("b", id="2")})
    torn = files.journal.read_bytes()[len(whole) :][:cut]
    files.journal.write_bytes(whole + torn)
    assert [s.id for s in load(files, "pw").resources.values()] == ["1"]


def test_a_damaged_line_in_the_middle_is_an_error(files: StackFiles) -> None:
    store = StateStore(files, "pw")
    store.commit(put={store.new_key(): thing("a", id="1")})
    store.commit(put={store.new_key(): thing("b", id="2")})
    lines = files.journal.read_bytes().split(b"\n")
    lines[1] = lines[1][:-5]
    files.journal.write_bytes(b"\n".join(lines))
    with pytest.raises(CheckpointError, match="line 2 is damaged"):
        load(files, "pw")


def test_a_journal_of_another_checkpoint_is_not_applied(files: StackFiles) -> None:
    store = StateStore(files, "pw")
    store.commit(put={store.new_key(): thing("a", id="1")})
    journal = files.journal.read_bytes()
    store.close()
    files.journal.write_bytes(journal)  # as after a crash between writing the checkpoint and removing the journal
    assert len(load(files, "pw").resources) == 1


def test_a_preview_writes_nothing(files: StackFiles) -> None:
    store = StateStore(files, "pw", read_only=True)
    store.commit(put={store.new_key(): thing("a", id="1")})
    store.close()
    assert not files.checkpoint.exists()
    assert not files.journal.exists()


def test_the_wrong_passphrase_is_an_error(files: StackFiles) -> None:
    StateStore(files, "pw").close()
    with pytest.raises(WrongPassphraseError, match="does not open this stack's secrets"):
        StateStore(files, "other")


def test_secrets_of_another_provider_are_an_error(files: StackFiles) -> None:
    latest = {"secrets_providers": {"type": "cloud", "state": {}}}
    files.checkpoint.write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))
    with pytest.raises(CheckpointError, match="encrypted by 'cloud'"):
        StateStore(files, "pw")


def test_checkpoints_list_resources_after_those_they_refer_to() -> None:
    states = {
        "1": thing("c", dependencies=(thing("b").urn,)),
        "2": thing("b", dependencies=(thing("a").urn,)),
        "3": thing("a", delete=True),
        "4": thing("a"),
        "5": thing("d"),
    }
    assert in_dependency_order(states) == ["4", "2", "1", "3", "5"]


@pytest.mark.parametrize("name", ["../x", "", "a/b", "..", "x" * 101])
def test_names_that_could_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="must be 1-100 letters"):
        StackFiles(tmp_path, "proj", name)


def test_a_second_up_is_refused_with_the_holders_name(box: Sandbox) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold(_event: object) -> None:
        entered.set()
        leave.wait(10)

    first = threading.Thread(target=box.up, args=([Res(name="a")],), kwargs={"on_event": hold})
    first.start()
    assert entered.wait(10)
    try:
        with pytest.raises(StackLockedError, match=rf"stack dev is locked: up by \S+ \(pid {os.getpid()}\)") as caught:
            box.run("destroy")
        assert caught.value.holder.pid == os.getpid()
    finally:
        leave.set()
        first.join()
    assert box.run("destroy").result.succeeded


def test_the_lock_of_a_dead_process_is_taken_over_and_reported(box: Sandbox) -> None:
    script = (
        "import sys, os; from pathlib import Path; from sandbox.engine.backend import StackFiles; "
        "from sandbox.engine.lock import stack_lock; f = StackFiles(Path(sys.argv[1]), 'proj', 'dev'); f.prepare(); "
        "lock = stack_lock(f, 'up'); lock.__enter__(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(box.folder)], check=True)
    outcome = box.up([Res(name="a")])
    assert outcome.result.succeeded
    assert "took over the lock of a process that died: up by" in outcome.messages()


def test_the_lock_of_another_host_is_respected(files: StackFiles) -> None:
    holder = {"pid": 1, "username": "u", "hostname": "elsewhere", "timestamp": "2026-01-01T00:00:00Z"}
    (files.locks / "0d9f.json").write_text(json.dumps(holder))  # as the pulumi CLI writes it
    with pytest.raises(StackLockedError, match=r"an operation by u@elsewhere \(pid 1\)"), stack_lock(files, "up"):
        pass


def test_importing_the_package_is_cheap() -> None:
    heavy = "{'grpc', 'pulumi', 'google.protobuf', 'cryptography'}"
    script = f"import sys, sandbox.engine; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"
    assert Engine is not None
