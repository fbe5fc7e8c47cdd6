"""The operations of the kubernetes provider, over one cluster's stand-in."""

import asyncio
import os
from pathlib import Path
from typing import Any

from codekeep_contracts.engine_events import PropertyChange
from codekeep_contracts.sandbox_variables import SANDBOX_LEDGER
from pulumi.provider.experimental import provider as sdk

from sandbox.aws.ledger import SqliteLedger
from sandbox.aws.values import UNKNOWN, from_plain, has_unknown, to_plain
from sandbox.kubernetes.access import Access
from sandbox.kubernetes.api import ApiServer
from sandbox.kubernetes.client import Client
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.diff import difference
from sandbox.kubernetes.kinds import api_version_of
from sandbox.kubernetes.live import LiveServer
from sandbox.kubernetes.objects import Object, id_of, named, namespace_of, with_metadata
from sandbox.plugin import PluginFault, old_inputs

OWNER = "kubernetes"  # owner of the ledger's entries
REFUSED_MODULES = ("helm.sh", "kustomize", "yaml")


class KubernetesProvider(sdk.Provider):
    """Serves package `kubernetes` from the ledger, or from the real server that CODEKEEP_SANDBOX_KUBECONFIG names."""

    def __init__(self) -> None:
        self._server: ApiServer | LiveServer | None = None

    async def check_config(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        config = to_plain(request.new_inputs)
        failures = []
        if not has_unknown(config):
            try:
                Cluster.from_config(config)
            except PluginFault as fault:
                failures = [sdk.CheckFailure("kubeconfig", str(fault))]
        return sdk.CheckResponse(inputs=request.new_inputs, failures=failures)

    async def configure(self, request: sdk.ConfigureRequest) -> sdk.ConfigureResponse:
        variables = {key.rpartition(":")[2]: value for key, value in request.variables.items()}
        config = {**variables, **to_plain(request.args)}
        known = {key: value for key, value in config.items() if value is not UNKNOWN}
        self._server = _server_for(Cluster.from_config(known))
        return sdk.ConfigureResponse(accept_secrets=True, supports_preview=True)

    @property
    def server(self) -> ApiServer | LiveServer:
        if self._server is None:
            raise PluginFault("kubernetes provider: used before it was configured")
        return self._server

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        old, obj = to_plain(request.old_inputs), self._object(request.urn, to_plain(request.new_inputs))
        obj = named(obj, request.name, request.random_seed, old)
        namespaced = await asyncio.to_thread(self.server.is_namespaced, obj["apiVersion"], obj["kind"])
        if namespaced and not namespace_of(obj):
            obj = with_metadata(obj, namespace=self.server.cluster.namespace)
        failures = [sdk.CheckFailure(failure.path, failure.reason) for failure in self.server.failures(obj)]
        if not namespaced and namespace_of(obj):
            failures.append(
                sdk.CheckFailure("metadata.namespace", f"a {obj['kind']} lies in no namespace; leave it out")
            )
        return sdk.CheckResponse(inputs=from_plain(obj, request.new_inputs), failures=failures)

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        old = to_plain(old_inputs.get({}) or request.old_state)
        found = difference(old, to_plain(request.new_inputs), self.server.cluster, request.ignore_changes)
        return sdk.DiffResponse(
            changes=bool(found.changes),
            replaces=sorted(found.replaces),
            delete_before_replace=found.delete_before_replace,
            diffs=sorted({change.path for change in found.changes}),
            detailed_diff={change.path: _property_diff(change, found.replaces) for change in found.changes},
        )

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        obj = to_plain(request.properties)
        if request.preview:
            await self._dry_run(obj, new=True)
            return sdk.CreateResponse(properties=from_plain({"status": UNKNOWN, **obj}, request.properties))
        live = await asyncio.to_thread(self.server.create, obj)
        return sdk.CreateResponse(resource_id=id_of(live), properties=from_plain(live, request.properties))

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        state, known = to_plain(request.properties), to_plain(request.inputs)
        identity = self._object(request.urn, known or state)
        live = await asyncio.to_thread(self.server.get, identity["apiVersion"], identity["kind"], request.resource_id)
        if live is None:
            return sdk.ReadResponse(resource_id="")
        inputs = await asyncio.to_thread(self.server.inputs, live, known)
        marks = {**request.properties, **request.inputs}
        return sdk.ReadResponse(
            resource_id=request.resource_id,
            properties=from_plain(live, marks),
            inputs=from_plain(inputs, marks),
        )

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        obj = to_plain(request.news)
        marks = {**request.olds, **request.news}
        if request.preview:
            await self._dry_run(obj, new=False)
            state = to_plain(request.olds)
            return sdk.UpdateResponse(
                properties=from_plain({**({"status": state["status"]} if "status" in state else {}), **obj}, marks)
            )
        live = await asyncio.to_thread(self.server.update, request.resource_id, obj)
        return sdk.UpdateResponse(properties=from_plain(live, marks))

    async def delete(self, request: sdk.DeleteRequest) -> None:
        obj = self._object(request.urn, to_plain(request.properties))
        await asyncio.to_thread(self.server.delete, obj["apiVersion"], obj["kind"], request.resource_id)

    async def invoke(self, request: sdk.InvokeRequest) -> sdk.InvokeResponse:
        raise PluginFault(f"{request.tok}: the Kubernetes stand-in has no functions")

    async def _dry_run(self, obj: Object, *, new: bool) -> None:
        """An object with unknown values cannot be judged before the update."""
        if not has_unknown(obj):
            await asyncio.to_thread(self.server.dry_run, obj, new=new)

    def _object(self, urn: str, props: dict[str, Any]) -> Object:
        """The properties with apiVersion and kind, by default those of the type token."""
        token = urn.split("::")[2].rpartition("$")[2]
        module, kind = token.split(":")[1], token.split(":")[2]
        if module.split("/")[0] in REFUSED_MODULES or kind.endswith(("Patch", "List")):
            raise PluginFault(f"{token}: the Kubernetes stand-in supports single objects only; write them out")
        return {"apiVersion": api_version_of(token), "kind": kind, **props}


def _property_diff(change: PropertyChange, replaces: frozenset[str]) -> sdk.PropertyDiff:
    kind = change.kind.replacing() if change.path in replaces else change.kind
    return sdk.PropertyDiff(sdk.PropertyDiffKind[kind.name], input_diff=True)


def _server_for(cluster: Cluster) -> ApiServer | LiveServer:
    """The real server where one is named, else the ledger."""
    access = Access.from_environment()
    if access is not None:
        return LiveServer(cluster, Client(access))
    ledger = os.environ.get(SANDBOX_LEDGER)
    if not ledger:
        raise PluginFault(f"{SANDBOX_LEDGER} is not set: take the variables from `codekeep sandbox env`")
    return ApiServer(cluster, SqliteLedger(Path(ledger), OWNER))
