"""Pods and containers inside Kubernetes objects."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, Found, read
from policies.rule import Finding, Rule

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
"""Paths of the pod specs by type; another type that contains pods is reported by kube-readable-workloads."""

WORKLOADS = tuple(POD_PATHS)
CONTAINER_LISTS = ("containers", "initContainers", "ephemeralContainers")


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod spec inside an object; `path` leads to it from the object's inputs."""

    node: Node
    path: str

    def at(self, path: str) -> Found:
        """The value at a path below the spec, without `[*]`."""
        return next(read(self.node.inputs, f"{self.path}.{path}"))


@dataclass(frozen=True, kw_only=True)
class Container(Pod):
    """A container inside a pod; `path` and `at` are its own."""

    pod: Pod
    spec: Mapping[str, Any]

    def security(self, name: str) -> Found:
        """A setting of the security context: the container's, else the pod's, else the container's path as missing."""
        own, inherited = (part.at(f"securityContext.{name}") for part in (self, self.pod))
        return inherited if own.value is MISSING and inherited.value is not MISSING else own


PodCheck = Callable[[Pod], Iterable[Finding]]
ContainerCheck = Callable[[Container], Iterable[Finding]]


def check_pods(rule: Rule) -> Callable[[PodCheck], PodCheck]:
    """Registers a check of every pod spec of an object."""

    def register(judge: PodCheck) -> PodCheck:
        rule.check(lambda node, _: each_pod(rule, node, judge))
        return judge

    return register


def check_containers(rule: Rule, lists: Iterable[str] = CONTAINER_LISTS) -> Callable[[ContainerCheck], ContainerCheck]:
    """Registers a check of every container of an object."""

    def register(judge: ContainerCheck) -> ContainerCheck:
        rule.check(lambda node, _: each_container(rule, node, judge, lists))
        return judge

    return register


def each_pod(rule: Rule, node: Node, judge: PodCheck) -> Iterator[Finding]:
    """What `judge` finds in every pod spec of an object; a spec that is not known is undecided."""
    for path in POD_PATHS[node.type]:
        for found in read(node.inputs, path):
            if not found.known:
                yield rule.undecided(node, found.path, "the pod's spec is not known yet")
            elif isinstance(found.value, Mapping):
                yield from judge(Pod(node=node, path=found.path))


def each_container(
    rule: Rule, node: Node, judge: ContainerCheck, lists: Iterable[str] = CONTAINER_LISTS
) -> Iterator[Finding]:
    """What `judge` finds in every container of an object, init containers included."""

    def of_pod(pod: Pod) -> Iterator[Finding]:
        for name in lists:
            for found in read(node.inputs, f"{pod.path}.{name}[*]"):
                if not found.known:
                    yield rule.undecided(node, found.path, "the container is not known yet")
                elif isinstance(found.value, Mapping):
                    yield from judge(Container(node=node, path=found.path, pod=pod, spec=found.value))

    return each_pod(rule, node, of_pod)
