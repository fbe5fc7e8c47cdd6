"""Drives a kubernetes provider with its own ledger as an engine does."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import pytest
from pulumi.provider.experimental import provider as sdk

from sandbox.aws.values import from_plain, to_plain
from sandbox.kubernetes.provider import KubernetesProvider
from sandbox.plugin import old_inputs

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: keep
contexts: [{name: keep, context: {cluster: keep, namespace: codekeep-acme}}]
clusters: [{name: keep, cluster: {server: "https://keep.example"}}]
"""
Props = dict[str, Any]


class Driver:
    """One provider; `token` and `name` make the URN."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.provider = KubernetesProvider()
        request = sdk.ConfigureRequest({}, from_plain(dict(config)), accept_secrets=True, accept_resources=True)
        self._run(self.provider.configure(request))

    def check(self, token: str, name: str, new: Props, old: Props | None = None) -> tuple[Props, dict[str, str]]:
        """Checked inputs, and failures by property."""
        request = sdk.CheckRequest(_urn(token, name), from_plain(old or {}), from_plain(new), b"seed")
        response = self._run(self.provider.check(request))
        return to_plain(response.inputs), {failure.property: failure.reason for failure in response.failures or []}

    def diff(self, token: str, old: Props, new: Props, ignore: list[str] | None = None) -> sdk.DiffResponse:
        old_inputs.set(from_plain(old))
        request = sdk.DiffRequest(_urn(token, "it"), "id", from_plain(old), from_plain(new), ignore or [])
        return self._run(self.provider.diff(request))

    def create(self, token: str, inputs: Props, *, preview: bool = False) -> sdk.CreateResponse:
        return self._run(self.provider.create(sdk.CreateRequest(_urn(token, "it"), from_plain(inputs), 0, preview)))

    def up(self, token: str, name: str, inputs: Props) -> tuple[str, Props, Props]:
        """Check and create: (id, checked inputs, outputs). Fails on any failure of the check."""
        checked, failures = self.check(token, name, inputs)
        assert failures == {}
        response = self.create(token, checked)
        return str(response.resource_id), checked, to_plain(response.properties)

    def read(self, token: str, id_: str, inputs: Props, state: Props) -> tuple[Props, Props] | None:
        """(inputs, outputs) of the live object, None where it is gone."""
        response = self._run(
            self.provider.read(sdk.ReadRequest(_urn(token, "it"), id_, from_plain(state), from_plain(inputs)))
        )
        return (to_plain(response.inputs), to_plain(response.properties)) if response.resource_id else None

    def update(self, token: str, id_: str, olds: Props, news: Props) -> Props:
        request = sdk.UpdateRequest(_urn(token, "it"), id_, from_plain(olds), from_plain(news), 0, [], preview=False)
        return to_plain(self._run(self.provider.update(request)).properties)

    def delete(self, token: str, id_: str, state: Props) -> None:
        self._run(self.provider.delete(sdk.DeleteRequest(_urn(token, "it"), id_, from_plain(state), 0)))

    def _run(self, call: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run(call)


def _urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::codekeep::codekeep:runtime:Release${token}::{name}"


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Driver]:
    """Makes drivers over one ledger."""
    monkeypatch.setenv("CODEKEEP_SANDBOX_LEDGER", str(tmp_path / "ledger.sqlite"))
    monkeypatch.delenv("CODEKEEP_SANDBOX_KUBERNETES_VERSION", raising=False)
    return lambda **config: Driver({"kubeconfig": KUBECONFIG, **config})


@pytest.fixture
def cluster(driver: Callable[..., Driver]) -> Driver:
    """A driver whose default namespace exists."""
    made = driver()
    made.up("kubernetes:core/v1:Namespace", "ns", {"metadata": {"name": "codekeep-acme"}})
    return made
