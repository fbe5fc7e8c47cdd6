"""The stand-in for a cluster's API server: stores objects in the ledger, and validates them first."""

from collections.abc import Mapping
from typing import Any

from sandbox.aws.ledger import SqliteLedger
from sandbox.kubernetes import schemas, semantics
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.kinds import CLUSTER_SCOPED, INITIAL_NAMESPACES, KNOWN_CUSTOM, group_of
from sandbox.kubernetes.objects import Object, created, id_of, inputs_from, label_of, namespace_of, updated
from sandbox.kubernetes.schemas import Failure
from sandbox.plugin import PluginFault

DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")


class ApiServer:
    """Objects are stored by group and kind, so that a new version of the same API finds them too."""

    def __init__(self, cluster: Cluster, ledger: SqliteLedger) -> None:
        self.cluster = cluster
        self._ledger = ledger

    def is_namespaced(self, api_version: str, kind: str) -> bool:
        """Whether objects of the kind are in a namespace; an unknown kind is taken to be."""
        group = group_of(api_version)
        if schemas.is_known(self.cluster.version, api_version, kind):
            return kind not in CLUSTER_SCOPED
        definition = self._definition(group, kind)
        if definition is not None:
            return bool(definition["spec"].get("scope") == "Namespaced")
        return KNOWN_CUSTOM.get((group, kind), True)

    def failures(self, obj: Object) -> list[Failure]:
        """Every reason for which the API server would refuse an object."""
        api_version, kind = str(obj["apiVersion"]), str(obj["kind"])
        if schemas.is_known(self.cluster.version, api_version, kind):
            return [*schemas.validate(self.cluster.version, obj), *semantics.check(obj)]
        definition = self._definition(group_of(api_version), kind)
        if definition is not None:
            return _by_definition(definition, obj)
        return semantics.check(obj)

    def dry_run(self, obj: Object, *, new: bool) -> None:
        """Does nothing: `failures` has validated the object."""

    def inputs(self, live: Object, known: Object) -> Object:
        """The inputs that would produce the live object."""
        return inputs_from(live, known)

    def create(self, obj: Object) -> Object:
        """Stores a new object.

        Raises:
            PluginFault: its kind or namespace does not exist, or its name does.
        """
        self._require_kind(obj)
        namespace = namespace_of(obj)
        if namespace and not self._has_namespace(str(namespace)):
            raise PluginFault(
                f'{label_of(obj)}: namespaces "{namespace}" not found; create it first, and let this depend on it'
            )
        if self.get(obj["apiVersion"], obj["kind"], id_of(obj)) is not None:
            raise PluginFault(f"{label_of(obj)} already exists; import it, or give this one another name")
        return self._put(created(obj))

    def update(self, id_: str, obj: Object) -> Object:
        """Stores new inputs of an object. PluginFault where it does not exist."""
        self._require_kind(obj)
        live = self.get(obj["apiVersion"], obj["kind"], id_)
        if live is None:
            raise PluginFault(f"{label_of(obj)} not found: it was deleted outside of Pulumi; run a refresh")
        return self._put(updated(live, obj))

    def get(self, api_version: str, kind: str, id_: str) -> Object | None:
        return self._ledger.get(self.cluster.identity, _token(group_of(api_version), kind), id_)

    def delete(self, api_version: str, kind: str, id_: str) -> None:
        """Removes an object, with a namespace all that is in it. It is no error where there is none."""
        self._ledger.remove(self.cluster.identity, _token(group_of(api_version), kind), id_)
        if kind == "Namespace":
            for _, token, inner, _ in self._ledger.list(self.cluster.identity):
                if inner.startswith(f"{id_}/"):
                    self._ledger.remove(self.cluster.identity, token, inner)

    def _put(self, live: Object) -> Object:
        token = _token(group_of(str(live["apiVersion"])), str(live["kind"]))
        self._ledger.put(self.cluster.identity, token, id_of(live), live)
        return live

    def _require_kind(self, obj: Object) -> None:
        api_version, kind = str(obj["apiVersion"]), str(obj["kind"])
        group = group_of(api_version)
        if schemas.is_known(self.cluster.version, api_version, kind):
            return
        if self._definition(group, kind) is None:
            raise PluginFault(
                f'no matches for kind "{kind}" in version "{api_version}": Kubernetes {self.cluster.version} does not '
                "have it, and no CustomResourceDefinition in this cluster adds it; create that first, and let this "
                "depend on it"
            )

    def _definition(self, group: str, kind: str) -> Object | None:
        for _, _, _, definition in self._ledger.list(self.cluster.identity, _token(*DEFINITION)):
            spec = definition.get("spec") or {}
            if spec.get("group") == group and (spec.get("names") or {}).get("kind") == kind:
                return definition
        return None

    def _has_namespace(self, name: str) -> bool:
        return name in INITIAL_NAMESPACES or self.get("v1", "Namespace", name) is not None


def _by_definition(definition: Object, obj: Object) -> list[Failure]:
    wanted = str(obj["apiVersion"]).rpartition("/")[2]
    versions: Mapping[str, Any] = {entry["name"]: entry for entry in definition["spec"].get("versions") or []}
    if wanted not in versions:
        name = definition["metadata"]["name"]
        return [Failure("apiVersion", f"{name} has no version {wanted!r}, only {', '.join(versions)}")]
    schema = (versions[wanted].get("schema") or {}).get("openAPIV3Schema") or {}
    return [*schemas.validate_custom(schema, obj), *semantics.check(obj)]


def _token(group: str, kind: str) -> str:
    return f"kubernetes:{group or 'core'}:{kind}"
