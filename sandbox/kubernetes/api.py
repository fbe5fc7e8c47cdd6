"""One cluster's API server, as far as objects go: kept in the ledger, validated on the way in."""

from collections.abc import Mapping
from typing import Any

from sandbox.aws.ledger import SqliteLedger
from sandbox.kubernetes import schemas, semantics
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.kinds import CLUSTER_SCOPED, INITIAL_NAMESPACES, KNOWN_CUSTOM, group_of
from sandbox.kubernetes.objects import Object, created, id_of, inputs_from, namespace_of, updated
from sandbox.kubernetes.schemas import Failure
from sandbox.plugin import PluginFault

DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")


class ApiServer:
    """Objects are found by group and kind, so that a new version of the same API finds them too."""

    def __init__(self, cluster: Cluster, ledger: SqliteLedger) -> None:
        self.cluster = cluster
        self._ledger = ledger

    def is_namespaced(self, api_version: str, kind: str) -> bool:
        """Whether objects of the kind lie in a namespace; one nobody knows is taken to."""
        group = group_of(api_version)
        if schemas.is_known(self.cluster.version, api_version, kind):
            return kind not in CLUSTER_SCOPED
        definition = self._definition(group, kind)
        if definition is not None:
            return bool(definition["spec"].get("scope") == "Namespaced")
        return KNOWN_CUSTOM.get((group, kind), True)

    def failures(self, thing: Object) -> list[Failure]:
        """Everything the API server would refuse about an object."""
        api_version, kind = str(thing["apiVersion"]), str(thing["kind"])
        if schemas.is_known(self.cluster.version, api_version, kind):
            return [*schemas.validate(self.cluster.version, thing), *semantics.check(thing)]
        definition = self._definition(group_of(api_version), kind)
        if definition is not None:
            return _by_definition(definition, thing)
        return semantics.check(thing)

    def rehearse(self, thing: Object, *, new: bool) -> None:
        """Nothing to add at a preview: `failures` has judged the object."""

    def inputs(self, live: Object, known: Object) -> Object:
        """What a program would have to write to get the live object."""
        return inputs_from(live, known)

    def create(self, thing: Object) -> Object:
        """Stores a new object. PluginFault where its kind, its namespace or its name forbid it."""
        self._require_kind(thing)
        namespace = namespace_of(thing)
        if namespace and not self._has_namespace(str(namespace)):
            raise PluginFault(
                f'{_shown(thing)}: namespaces "{namespace}" not found; create it first, and let this depend on it'
            )
        if self.get(thing["apiVersion"], thing["kind"], id_of(thing)) is not None:
            raise PluginFault(f"{_shown(thing)} already exists; import it, or give this one another name")
        live = created(thing)
        self._put(live)
        return live

    def update(self, id_: str, thing: Object) -> Object:
        """Stores new inputs of an object that is there."""
        self._require_kind(thing)
        live = self.get(thing["apiVersion"], thing["kind"], id_)
        if live is None:
            raise PluginFault(f"{_shown(thing)} not found: it was deleted behind Pulumi's back; run a refresh")
        fresh = updated(live, thing)
        self._put(fresh)
        return fresh

    def get(self, api_version: str, kind: str, id_: str) -> Object | None:
        return self._ledger.get(self.cluster.identity, _token(group_of(api_version), kind), id_)

    def delete(self, api_version: str, kind: str, id_: str) -> None:
        """Forgets an object, and with a namespace what lies in it; one that is gone already is no error."""
        self._ledger.remove(self.cluster.identity, _token(group_of(api_version), kind), id_)
        if kind == "Namespace":
            for _, token, inner, _ in self._ledger.list(self.cluster.identity):
                if inner.startswith(f"{id_}/"):
                    self._ledger.remove(self.cluster.identity, token, inner)

    def _put(self, live: Object) -> None:
        token = _token(group_of(str(live["apiVersion"])), str(live["kind"]))
        self._ledger.put(self.cluster.identity, token, id_of(live), live)

    def _require_kind(self, thing: Object) -> None:
        api_version, kind = str(thing["apiVersion"]), str(thing["kind"])
        group = group_of(api_version)
        if schemas.is_known(self.cluster.version, api_version, kind) or (group, kind) in KNOWN_CUSTOM:
            return
        if self._definition(group, kind) is None:
            raise PluginFault(
                f'no matches for kind "{kind}" in version "{api_version}": Kubernetes {self.cluster.version} has none, '
                "no CustomResourceDefinition in this cluster brings it; create that first, and let this depend on it"
            )

    def _definition(self, group: str, kind: str) -> Object | None:
        for _, _, _, definition in self._ledger.list(self.cluster.identity, _token(*DEFINITION)):
            spec = definition.get("spec") or {}
            if spec.get("group") == group and (spec.get("names") or {}).get("kind") == kind:
                return definition
        return None

    def _has_namespace(self, name: str) -> bool:
        return name in INITIAL_NAMESPACES or self.get("v1", "Namespace", name) is not None


def _by_definition(definition: Object, thing: Object) -> list[Failure]:
    wanted = str(thing["apiVersion"]).rpartition("/")[2]
    versions: Mapping[str, Any] = {entry["name"]: entry for entry in definition["spec"].get("versions") or []}
    if wanted not in versions:
        return [
            Failure(
                "apiVersion", f"{definition['metadata']['name']} has no version {wanted!r}, only {', '.join(versions)}"
            )
        ]
    schema = (versions[wanted].get("schema") or {}).get("openAPIV3Schema") or {}
    return [*schemas.validate_custom(schema, thing), *semantics.check(thing)]


def _token(group: str, kind: str) -> str:
    return f"kubernetes:{group or 'core'}:{kind}"


def _shown(thing: Object) -> str:
    return f"{thing['kind']} {id_of(thing)}"
