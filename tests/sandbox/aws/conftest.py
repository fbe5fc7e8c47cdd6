"""A moto server, a configured provider, and the lifecycle that every type of the AWS stand-in is tested with."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from awsread.schema import schema_of
from tests.sandbox.aws.harness import Deployed, Plugin, Props, environment

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def moto_endpoint() -> Iterator[str]:
    """URL of a moto server of this test process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def sandbox_environment(moto_endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Sets the plugin's environment variables; yields the ledger's path."""
    ledger = tmp_path_factory.mktemp("ledger") / "ledger.sqlite"
    with environment(CODEKEEP_SANDBOX_ENDPOINT=moto_endpoint, CODEKEEP_SANDBOX_LEDGER=str(ledger)):
        yield ledger


@pytest.fixture(scope="session")
def plugin(sandbox_environment: Path) -> Plugin:
    """The provider configured for eu-central-1, shared by the tests of a process."""
    return Plugin()


@pytest.fixture
def unique() -> str:
    """A logical name no other test uses."""
    return f"t{next(_numbers)}"


@pytest.fixture
def lifecycle(plugin: Plugin, unique: str) -> Callable[..., Deployed]:
    """Drives one type from creation to deletion; returns the resource as it was after creation.

    lifecycle(token, inputs, changed_inputs, expect_replace=..., drift=..., unreadable=...):
    check → create → read (nothing changed) → import → drift, if given → update or replace → read → delete → gone.
    `expect_replace` is True or the exact properties that force it. `drift(api, made)` changes the live resource behind
    Pulumi's back; a refresh must show it, and an update must undo it. `unreadable` are inputs that AWS does not return,
    or that an import fills with AWS's defaults.
    """

    def run(
        token: str,
        inputs: Props,
        changed_inputs: Props | None = None,
        expect_replace: bool | set[str] = False,
        *,
        drift: Callable[[Any, Deployed], None] | None = None,
        unreadable: frozenset[str] | set[str] = frozenset(),
        importable: bool = True,
        gone_after_delete: bool = True,
    ) -> Deployed:
        return _Lifecycle(plugin, token, unique, inputs, frozenset(unreadable)).run(
            changed_inputs, expect_replace, drift, importable=importable, gone_after_delete=gone_after_delete
        )

    return run


class _Lifecycle:
    """The steps of the lifecycle of one resource."""

    def __init__(self, plugin: Plugin, token: str, name: str, inputs: Props, unreadable: frozenset[str]) -> None:
        self.plugin, self.token, self.name, self.inputs, self.unreadable = plugin, token, name, inputs, unreadable

    def run(
        self,
        changed: Props | None,
        expect_replace: bool | set[str],
        drift: Callable[[Any, Deployed], None] | None,
        *,
        importable: bool,
        gone_after_delete: bool,
    ) -> Deployed:
        self.previews_without_an_id()
        made = self.plugin.create(self.token, self.name, self.inputs)
        assert made.id, "create gave no id"
        self.has_only_known_outputs(made)
        made = self.reads_back_unchanged(made, self.inputs)
        if importable:
            self.imports(made)
        if drift is not None:
            self.shows_drift_and_undoes_it(made, drift)
        current = made
        if changed is not None:
            current = self.changes(made, changed, expect_replace)
        self.plugin.delete(current)
        if gone_after_delete:
            assert self.plugin.read(current) is None, "still there after delete"
        self.plugin.delete(current)  # deleting what is gone is no error
        return made

    def previews_without_an_id(self) -> None:
        id_, outputs = self.plugin.preview(self.token, self.name, self.inputs)
        assert id_ == "", "a preview must give no id"
        assert schema_of(self.token).outputs <= outputs.keys(), "a preview must give every output, unknown or not"

    def has_only_known_outputs(self, made: Deployed) -> None:
        schema = schema_of(self.token)
        strange = made.outputs.keys() - schema.outputs - schema.inputs.properties.keys()
        assert not strange, f"outputs the official provider does not have: {sorted(strange)}"
        if "arn" in schema.outputs:
            assert made.outputs.get("arn"), "the official provider gives an arn"

    def reads_back_unchanged(self, made: Deployed, inputs: Props) -> Deployed:
        refreshed = self.plugin.read(made)
        assert refreshed is not None, "not there after create or update"
        assert refreshed.id == made.id
        found = self.plugin.diff(refreshed, inputs)
        assert not found.changes, f"a refresh of an untouched resource shows {found.detailed}"
        added_by_aws = made.outputs.keys() - schema_of(self.token).inputs.properties.keys()
        missing = added_by_aws - refreshed.outputs.keys()
        assert not missing, f"outputs lost by a refresh: {sorted(missing)}"
        self.has_only_known_outputs(refreshed)
        return refreshed

    def imports(self, made: Deployed) -> None:
        imported = self.plugin.import_(self.token, self.name, made.id)
        assert imported is not None, "cannot be imported"
        found = self.plugin.diff(imported, self.inputs)
        strange = {path for path in found.detailed if path.split(".")[0].split("[")[0] not in self.unreadable}
        assert not strange, f"an import differs from the program's inputs in {sorted(strange)}"

    def shows_drift_and_undoes_it(self, made: Deployed, drift: Callable[[Any, Deployed], None]) -> None:
        drift(self.plugin.api(made.outputs.get("region")), made)
        drifted = self.plugin.read(made)
        assert drifted is not None, "drift removed the resource"
        found = self.plugin.diff(drifted, self.inputs)
        assert found.changes, "a refresh does not show the change"
        if not found.replaces:
            self.reads_back_unchanged(self.plugin.update(drifted, self.inputs), self.inputs)

    def changes(self, made: Deployed, changed: Props, expect_replace: bool | set[str]) -> Deployed:
        found = self.plugin.diff(made, changed)
        assert found.changes, "the changed inputs show no difference"
        if not expect_replace:
            assert found.replaces == [], f"expected an update, got a replacement because of {found.replaces}"
            self.plugin.update(made, changed, preview=True)
            return self.reads_back_unchanged(self.plugin.update(made, changed), changed)
        assert found.replaces, "expected a replacement, got an update"
        if isinstance(expect_replace, set):
            assert set(found.replaces) == expect_replace
        if found.delete_before_replace:
            self.plugin.delete(made)
            return self.reads_back_unchanged(self.plugin.create(self.token, self.name, changed), changed)
        replacement = self.plugin.create(self.token, f"{self.name}x", changed)
        self.plugin.delete(made)
        self.name = f"{self.name}x"
        return self.reads_back_unchanged(replacement, changed)
