"""Uses a real API server on loopback instead of the ledger: it validates and stores the objects.

Every cluster that the sandbox's programs create is then this one server, so objects in no namespace need different
names in each keep. Only deletions are waited for: whether anything runs does not concern the sandbox.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from sandbox.kubernetes import schemas, semantics
from sandbox.kubernetes.client import DELETE_SECONDS, ApiFault, Client, UnknownKindError
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.drift import drifted
from sandbox.kubernetes.kinds import CLUSTER_SCOPED, KNOWN_CUSTOM, group_of
from sandbox.kubernetes.objects import Object, inputs_from, label_of, with_metadata
from sandbox.kubernetes.schemas import Failure
from sandbox.plugin import PluginFault

T = TypeVar("T")

FORCE = "pulumi.com/patchForce"
"""The official provider's annotation: "true" takes over fields that another manager set; else they are an error."""


class LiveServer:
    """The interface of `ApiServer`, over a real API server."""

    def __init__(self, cluster: Cluster, client: Client, *, delete_seconds: float = DELETE_SECONDS) -> None:
        self.cluster = cluster
        self._client = client
        self._delete_seconds = delete_seconds

    def is_namespaced(self, api_version: str, kind: str) -> bool:
        """Whether objects of the kind are in a namespace; a guess for kinds that the server does not have yet."""
        try:
            return self._call(kind, lambda: self._client.kind(api_version, kind).namespaced)
        except _NoSuchKindFault:
            return KNOWN_CUSTOM.get((group_of(api_version), kind), kind not in CLUSTER_SCOPED)

    def failures(self, obj: Object) -> list[Failure]:
        """Problems of an object by its schema, with remedies. The server validates it later."""
        if not schemas.is_known(self.cluster.version, str(obj["apiVersion"]), str(obj["kind"])):
            return semantics.check(obj)
        return [*schemas.validate(self.cluster.version, obj), *semantics.check(obj)]

    def dry_run(self, obj: Object, *, new: bool) -> None:
        """Lets the server validate an object without storing it.

        An object whose namespace or kind the same deployment is yet to create cannot be validated.

        Raises:
            PluginFault: the object is refused.
        """
        try:
            if new:
                self._require_absent(obj)
            self._call(label_of(obj), lambda: self._client.apply(obj, force=_force(obj), dry_run=True))
        except (_NoSuchKindFault, _NoSuchNamespaceFault):
            return

    def create(self, obj: Object) -> Object:
        """Applies a new object. PluginFault where it exists already, or is refused.

        A definition is waited for, as the official provider does: objects of its kind may follow at once.
        """
        self._require_absent(obj)
        applied = self._apply(obj)
        if obj["kind"] == "CustomResourceDefinition":
            self._call(label_of(obj), lambda: self._client.await_served(obj))
        return applied

    def update(self, id_: str, obj: Object) -> Object:
        """Applies new inputs of an object; fields that are no longer among them are removed."""
        if self.get(str(obj["apiVersion"]), str(obj["kind"]), id_) is None:
            raise PluginFault(f"{label_of(obj)} not found: it was deleted outside of Pulumi; run a refresh")
        return self._apply(obj)

    def get(self, api_version: str, kind: str, id_: str) -> Object | None:
        try:
            found = self._call(id_, lambda: self._client.get(_identity(api_version, kind, id_)))
        except _NoSuchKindFault:
            return None
        gone = found is None or found["metadata"].get("deletionTimestamp")
        return None if gone or found is None else _without_managed_fields(found)

    def inputs(self, live: Object, known: Object) -> Object:
        """The inputs that would produce the live object, spelled as in `known` where both mean the same.

        Found by applying `known` in a dry run. Fields that others added are ignored.
        """
        if not known:
            return inputs_from(live, known)
        applied = self._call(label_of(known), lambda: self._client.apply(known, force=True, dry_run=True))
        inputs: Object = drifted(known, _without_managed_fields(applied), live)
        return inputs

    def delete(self, api_version: str, kind: str, id_: str) -> None:
        """Deletes an object and waits until it is gone. PluginFault names what keeps it."""
        identity = _identity(api_version, kind, id_)
        try:
            self._call(label_of(identity), lambda: self._client.delete(identity, seconds=self._delete_seconds))
        except _NoSuchKindFault:
            return

    def _apply(self, obj: Object) -> Object:
        applied = self._call(label_of(obj), lambda: self._client.apply(obj, force=_force(obj)))
        return _without_managed_fields(applied)

    def _require_absent(self, obj: Object) -> None:
        if self._call(label_of(obj), lambda: self._client.get(obj)) is not None:
            raise PluginFault(f"{label_of(obj)} already exists; import it, or give this one another name")

    def _call(self, label: str, request: Callable[[], T]) -> T:
        """The server's answer; a refusal as a PluginFault with the remedy."""
        try:
            return request()
        except UnknownKindError as fault:
            raise _NoSuchKindFault(
                f"{label}: {fault}; create its CustomResourceDefinition first, and let this depend on it"
            ) from fault
        except ApiFault as fault:
            message = f"{label}: {fault}"
            if fault.code == HTTPStatus.NOT_FOUND and "namespaces " in str(fault):
                raise _NoSuchNamespaceFault(f"{message}; create it first, and let this depend on it") from fault
            if fault.code == HTTPStatus.CONFLICT and "conflict" in str(fault):
                message += f'; leave these fields out, or take them over with the annotation {FORCE}: "true"'
            raise PluginFault(message) from fault


class _NoSuchKindFault(PluginFault):
    """The server does not have the kind (yet)."""


class _NoSuchNamespaceFault(PluginFault):
    """The object's namespace does not exist (yet)."""


def _force(obj: Mapping[str, Any]) -> bool:
    annotations = (obj.get("metadata") or {}).get("annotations") or {}
    return bool(annotations.get(FORCE) == "true")


def _without_managed_fields(live: Object) -> Object:
    """Without the list of who set which field: it is long, and programs never write it."""
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    return {**live, "metadata": metadata}


def _identity(api_version: str, kind: str, id_: str) -> Object:
    """The fields that identify an object."""
    namespace, _, name = id_.rpartition("/")
    identity: Object = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}}
    return with_metadata(identity, namespace=namespace) if namespace else identity
