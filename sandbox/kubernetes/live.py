"""A real API server on loopback in the ledger's place: objects are applied there, and judged by it.

Every cluster that the sandbox's programs make is the one real server then, so what lies in no namespace must have
another name in each keep. Only an object's end is waited for: whether anything runs is not the sandbox's matter.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from sandbox.kubernetes import schemas, semantics
from sandbox.kubernetes.client import DELETE_SECONDS, ApiFault, Client, UnknownKindError
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.drift import drifted
from sandbox.kubernetes.kinds import CLUSTER_SCOPED, KNOWN_CUSTOM, group_of
from sandbox.kubernetes.objects import Object, id_of, inputs_from, with_metadata
from sandbox.kubernetes.schemas import Failure
from sandbox.plugin import PluginFault

T = TypeVar("T")

FORCE = "pulumi.com/patchForce"
"""The official provider's annotation: "true" takes fields over that somebody else set; else those are an error."""


class LiveServer:
    """As `ApiServer`, over a real one."""

    def __init__(self, cluster: Cluster, client: Client, *, delete_seconds: float = DELETE_SECONDS) -> None:
        self.cluster = cluster
        self._client = client
        self._delete_seconds = delete_seconds

    def is_namespaced(self, api_version: str, kind: str) -> bool:
        """Whether objects of the kind lie in a namespace; one that the server does not know yet, by its nature."""
        try:
            return self._asked(kind, lambda: self._client.kind(api_version, kind).namespaced)
        except _NoSuchKindFault:
            return KNOWN_CUSTOM.get((group_of(api_version), kind), kind not in CLUSTER_SCOPED)

    def failures(self, thing: Object) -> list[Failure]:
        """What can be said of an object before the server is asked, with the remedy; it has the last word."""
        if not schemas.is_known(self.cluster.version, str(thing["apiVersion"]), str(thing["kind"])):
            return semantics.check(thing)
        return [*schemas.validate(self.cluster.version, thing), *semantics.check(thing)]

    def rehearse(self, thing: Object, *, new: bool) -> None:
        """Has the server judge an object that it does not keep (a dry run).

        One whose namespace or kind this same deployment has yet to bring cannot be judged before. PluginFault where
        the object is refused.
        """
        try:
            if new:
                self._require_absent(thing)
            self._asked(_shown(thing), lambda: self._client.apply(thing, force=_force(thing), dry_run=True))
        except (_NoSuchKindFault, _NoSuchNamespaceFault):
            return

    def create(self, thing: Object) -> Object:
        """Applies a new object. PluginFault where it is there already, or refused."""
        self._require_absent(thing)
        return self._apply(thing)

    def update(self, id_: str, thing: Object) -> Object:
        """Applies new inputs of an object that is there; fields that are no longer written go."""
        if self.get(str(thing["apiVersion"]), str(thing["kind"]), id_) is None:
            raise PluginFault(f"{_shown(thing)} not found: it was deleted behind Pulumi's back; run a refresh")
        return self._apply(thing)

    def get(self, api_version: str, kind: str, id_: str) -> Object | None:
        try:
            found = self._asked(id_, lambda: self._client.get(_stub(api_version, kind, id_)))
        except _NoSuchKindFault:
            return None
        return None if found is None or found["metadata"].get("deletionTimestamp") else _tidy(found)

    def inputs(self, live: Object, known: Object) -> Object:
        """What a program would have to write to get the live object, `known` where that makes no difference.

        The server says so: it applies what was written last, without keeping it. What others added is not looked at.
        """
        if not known:
            return inputs_from(live, known)
        applied = self._asked(_shown(known), lambda: self._client.apply(known, force=True, dry_run=True))
        inputs: Object = drifted(known, _tidy(applied), live)
        return inputs

    def delete(self, api_version: str, kind: str, id_: str) -> None:
        """Deletes an object and waits until it is gone. PluginFault says what is left, and what holds it."""
        stub = _stub(api_version, kind, id_)
        try:
            self._asked(_shown(stub), lambda: self._client.delete(stub, seconds=self._delete_seconds))
        except _NoSuchKindFault:
            return

    def _apply(self, thing: Object) -> Object:
        return _tidy(self._asked(_shown(thing), lambda: self._client.apply(thing, force=_force(thing))))

    def _require_absent(self, thing: Object) -> None:
        if self._asked(_shown(thing), lambda: self._client.get(thing)) is not None:
            raise PluginFault(f"{_shown(thing)} already exists; import it, or give this one another name")

    def _asked(self, subject: str, ask: Callable[[], T]) -> T:
        """The server's answer, a refusal as a fault with the remedy."""
        try:
            return ask()
        except UnknownKindError as fault:
            raise _NoSuchKindFault(
                f"{subject}: {fault}; create its CustomResourceDefinition first, and let this depend on it"
            ) from fault
        except ApiFault as fault:
            said = f"{subject}: {fault}"
            if fault.code == HTTPStatus.NOT_FOUND and "namespaces " in str(fault):
                raise _NoSuchNamespaceFault(f"{said}; create it first, and let this depend on it") from fault
            if fault.code == HTTPStatus.CONFLICT and "conflict" in str(fault):
                said += f'; leave these fields out, or take them over with the annotation {FORCE}: "true"'
            raise PluginFault(said) from fault


class _NoSuchKindFault(PluginFault):
    """The server does not know the kind (yet)."""


class _NoSuchNamespaceFault(PluginFault):
    """The object's namespace is not there (yet)."""


def _force(thing: Mapping[str, Any]) -> bool:
    annotations = (thing.get("metadata") or {}).get("annotations") or {}
    return bool(annotations.get(FORCE) == "true")


def _tidy(live: Object) -> Object:
    """Without the list of who set which field: long, and never what a program wrote."""
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    return {**live, "metadata": metadata}


def _stub(api_version: str, kind: str, id_: str) -> Object:
    """An object as far as it takes to find it."""
    namespace, _, name = id_.rpartition("/")
    stub: Object = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}}
    return with_metadata(stub, namespace=namespace) if namespace else stub


def _shown(thing: Mapping[str, Any]) -> str:
    return f"{thing['kind']} {id_of(thing)}"
