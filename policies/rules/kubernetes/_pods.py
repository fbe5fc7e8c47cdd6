"""Where pods stand in Kubernetes objects, and each container with what its pod says for it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, Found, read
from policies.rule import Finding, Rule, examine

POD = "kubernetes:core/v1:Pod"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
DAEMON_SET = "kubernetes:apps/v1:DaemonSet"
JOB = "kubernetes:batch/v1:Job"
CRON_JOB = "kubernetes:batch/v1:CronJob"
RAY_CLUSTER = "kubernetes:ray.io/v1:RayCluster"
RAY_JOB = "kubernetes:ray.io/v1:RayJob"
RAY_SERVICE = "kubernetes:ray.io/v1:RayService"
SCALED_JOB = "kubernetes:keda.sh/v1alpha1:ScaledJob"

_TEMPLATE = ("spec.template.spec",)
_RAY = ("headGroupSpec.template.spec", "workerGroupSpecs[*].template.spec")

POD_PATHS: Mapping[str, tuple[str, ...]] = {
    POD: ("spec",),
    "kubernetes:core/v1:PodTemplate": ("template.spec",),
    "kubernetes:core/v1:ReplicationController": _TEMPLATE,
    DEPLOYMENT: _TEMPLATE,
    STATEFUL_SET: _TEMPLATE,
    DAEMON_SET: _TEMPLATE,
    "kubernetes:apps/v1:ReplicaSet": _TEMPLATE,
    JOB: _TEMPLATE,
    CRON_JOB: ("spec.jobTemplate.spec.template.spec",),
    RAY_CLUSTER: tuple(f"spec.{path}" for path in _RAY),
    RAY_JOB: (*(f"spec.rayClusterSpec.{path}" for path in _RAY), "spec.submitterPodTemplate.spec"),
    RAY_SERVICE: tuple(f"spec.rayClusterConfig.{path}" for path in _RAY),
    SCALED_JOB: ("spec.jobTargetRef.template.spec",),
    "kubernetes:argoproj.io/v1alpha1:Rollout": _TEMPLATE,
    "kubernetes:jobset.x-k8s.io/v1alpha2:JobSet": ("spec.replicatedJobs[*].template.spec.template.spec",),
    "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet": (
        "spec.leaderWorkerTemplate.leaderTemplate.spec",
        "spec.leaderWorkerTemplate.workerTemplate.spec",
    ),
    "kubernetes:serving.knative.dev/v1:Service": _TEMPLATE,
}
"""Paths of the pod specs by type; another kind that holds pods is reported by kube-readable-workloads."""

WORKLOADS = tuple(POD_PATHS)
CONTAINER_LISTS = ("containers", "initContainers", "ephemeralContainers")


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod spec inside an object; `path` leads to it from the object's inputs."""

    node: Node
    path: str
    spec: Mapping[str, Any]

    @property
    def metadata_path(self) -> str:
        """Where the pod's own metadata stands: beside its spec."""
        return f"{self.path.removesuffix('spec')}metadata"

    def at(self, path: str) -> Found:
        """The value at a path below the spec, without `[*]`."""
        return next(read(self.node.inputs, f"{self.path}.{path}"))


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container of a pod; `kind` names the list it stands in."""

    pod: Pod
    kind: str
    path: str
    spec: Mapping[str, Any]

    def at(self, path: str) -> Found:
        return next(read(self.pod.node.inputs, f"{self.path}.{path}"))

    def security(self, name: str) -> Found:
        """A setting of the security context: the container's own, else the pod's; where neither has it, its place."""
        own = self.at(f"securityContext.{name}")
        if own.value is not MISSING:
            return own
        inherited = self.pod.at(f"securityContext.{name}")
        return own if inherited.value is MISSING else inherited


def each_pod(rule: Rule, node: Node, judge: Callable[[Pod], Iterable[Finding]]) -> Iterator[Finding]:
    """What `judge` says of every pod spec of an object; a spec that is not known is undecided."""
    for path in POD_PATHS[node.type]:
        for found in read(node.inputs, path):
            if not found.known:
                yield rule.undecided(node, found.path, "the pod's spec is not known yet")
            elif isinstance(found.value, Mapping):
                yield from judge(Pod(node=node, path=found.path, spec=found.value))


def each_container(
    rule: Rule, node: Node, judge: Callable[[Container], Iterable[Finding]], kinds: Iterable[str] = CONTAINER_LISTS
) -> Iterator[Finding]:
    """What `judge` says of every container of an object, init containers included."""

    def of_pod(pod: Pod) -> Iterator[Finding]:
        for kind in kinds:
            for found in read(node.inputs, f"{pod.path}.{kind}[*]"):
                if not found.known:
                    yield rule.undecided(node, found.path, "the container is not known yet")
                elif isinstance(found.value, Mapping):
                    yield from judge(Container(pod=pod, kind=kind, path=found.path, spec=found.value))

    yield from each_pod(rule, node, of_pod)


def decided(rule: Rule, node: Node, found: Found, holds: bool, message: str) -> Iterator[Finding]:
    """Undecided where the value is not known, a violation where it does not hold."""
    examine(node, found)
    if not found.known:
        yield rule.undecided(node, found.path)
    elif not holds:
        got = "not set" if found.value is MISSING else f"got {found.value!r}"
        yield rule.violation(node, found.path, f"{got}: {message}")
