"""The pods of a release: restricted, placed on a pool of the keep, with scratch space and the settings mounted.

The functions return mappings with Kubernetes' field names, so that Deployments, Jobs and custom resources use the same
template.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from codekeep_contracts.pods import METRICS_PATH, METRICS_PORT, METRICS_PORT_VARIABLE, SCRATCH_FOLDER, SETTINGS_FILE

from components.compute.node_pools import GPU_TAINT
from components.compute.pool import GPU_ROLES, PoolRole
from components.identity.workload import Operator, Workload
from components.naming import LABEL_PREFIX
from components.release.base import Priority, ReleaseBase
from components.release.labels import NAME, TENANT, labels_of, selector_of

USER = 65_532  # in every image
CACHE_PATH = str(SCRATCH_FOLDER)
TMP_PATH = "/tmp"  # noqa: S108 - a mount of the container
SETTINGS_MAP, SETTINGS_KEY, SETTINGS_PATH = "runtime-settings", SETTINGS_FILE.name, str(SETTINGS_FILE)
SETTINGS_DIGEST = f"{LABEL_PREFIX}/settings-digest"  # annotation: a server restarts when the settings change
GPU = "nvidia.com/gpu"
SCRAPED = {"prometheus.io/scrape": "true", "prometheus.io/port": str(METRICS_PORT), "prometheus.io/path": METRICS_PATH}
TMP_MIB = 512
TERMINATION_SECONDS = 30
SPREAD_OVER = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")

_BY_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Requests and limits of a container, in cores and GiB. Memory has one number, since it cannot be taken back."""

    cpu: float
    memory_gib: float
    cpu_limit: float | None = None  # None: as much as `cpu`
    gpus: int = 0

    def __post_init__(self) -> None:
        for name in ("cpu", "memory_gib", "cpu_limit"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"{name} must be more than 0, got {value}")
        if self.gpus < 0:
            raise ValueError(f"gpus must be 0 or more, got {self.gpus}")

    @property
    def cpu_most(self) -> float:
        """The limit, in cores."""
        return self.cpu if self.cpu_limit is None else self.cpu_limit

    def spec(self) -> dict[str, Any]:
        """Requests and limits in Kubernetes' notation: `500m` is half a core, `512Mi` half a GiB."""
        memory = f"{int(self.memory_gib)}Gi" if self.memory_gib % 1 == 0 else f"{round(self.memory_gib * 1024)}Mi"
        devices = {GPU: str(self.gpus)} if self.gpus else {}
        return {
            "requests": {"cpu": _cores(self.cpu), "memory": memory, **devices},
            "limits": {"cpu": _cores(self.cpu_most), "memory": memory, **devices},
        }


@dataclass(frozen=True, kw_only=True)
class Scratch:
    """Space at CACHE_PATH, deleted with the pod.

    By default it is in kubelet's directory, which pools with NVMe have on their encrypted array. With a storage class
    it is a separate volume, created and deleted with the pod. It is never a path of the node.
    """

    gib: int = 1
    storage_class: str | None = None

    def __post_init__(self) -> None:
        if self.gib < 1:
            raise ValueError(f"gib must be 1 or more, got {self.gib}")

    def volume(self, labels: Mapping[str, str]) -> dict[str, Any]:
        if self.storage_class is None:
            return {"name": "scratch", "emptyDir": {"sizeLimit": f"{self.gib}Gi"}}
        claim = {
            "accessModes": ["ReadWriteOncePod"],
            "storageClassName": self.storage_class,
            "resources": {"requests": {"storage": f"{self.gib}Gi"}},
        }
        template = {"metadata": {"labels": dict(labels)}, "spec": claim}
        return {"name": "scratch", "ephemeral": {"volumeClaimTemplate": template}}


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container; `command` and `args` are as in Kubernetes, `probes` are by field (`readinessProbe`)."""

    name: str
    image: pulumi.Input[str]
    resources: Resources
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)  # never a secret: the runtime reads Secrets Manager itself
    ports: Mapping[str, int] = field(default_factory=dict)
    probes: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    mounts: Mapping[str, str] = field(default_factory=dict)  # ConfigMap volume of the pod (PodPlan.files) → path
    stop_seconds: int = 0  # delay before the stop signal, until load balancers have removed the pod

    def spec(self, shared: list[dict[str, Any]], common: Mapping[str, str] | None = None) -> dict[str, Any]:
        """`shared` and `common` are the mounts and variables that every container of the pod has."""
        optional: dict[str, Any] = {
            "command": list(self.command),
            "args": list(self.args),
            "env": [{"name": name, "value": value} for name, value in sorted({**(common or {}), **self.env}.items())],
            "ports": [{"name": name, "containerPort": port} for name, port in self.ports.items()],
            "lifecycle": {"preStop": {"sleep": {"seconds": self.stop_seconds}}} if self.stop_seconds else {},
            **self.probes,
        }
        own = [{"name": name, "mountPath": path, "readOnly": True} for name, path in self.mounts.items()]
        return {
            "name": self.name,
            "image": pulumi.Output.from_input(self.image).apply(_checked),
            "imagePullPolicy": "IfNotPresent",
            **{key: value for key, value in optional.items() if value},
            "resources": self.resources.spec(),
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "privileged": False,
                "readOnlyRootFilesystem": True,
                "runAsNonRoot": True,
                "runAsUser": USER,
                "capabilities": {"drop": ["ALL"]},
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "terminationMessagePolicy": "File",  # not FallbackToLogsOnError, which copies the end of the log
            "volumeMounts": [*shared, *own],
        }


@dataclass(frozen=True, kw_only=True)
class PodPlan:
    """One kind of pod. `name` defaults to the workload's; `pool` selects one pool of the role."""

    workload: Workload | Operator  # its service account has the same name
    role: PoolRole
    priority: Priority
    containers: tuple[Container, ...]
    name: str | None = None
    init: tuple[Container, ...] = ()
    pool: str | None = None
    scratch: Scratch = field(default_factory=Scratch)
    shared_memory_gib: int = 0  # at /dev/shm; counts as memory of the containers
    settings: bool = True  # the keep's RuntimeSettings at SETTINGS_PATH
    files: Mapping[str, str] = field(default_factory=dict)  # volume name → name of a ConfigMap
    token: bool = False  # for the API server
    spread: bool = False  # across zones and nodes
    restart: str | None = None  # for a Job: Never or OnFailure
    grace_seconds: int = TERMINATION_SECONDS
    annotations: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    measured: bool = False  # Prometheus reads its metrics
    reports: bool = True  # sends telemetry, with the variables of the base's environment
    lasting: bool = False  # not restarted by a release that does not change it, and so not labelled with the version

    def __post_init__(self) -> None:
        if not self.containers:
            raise ValueError("containers must have at least one")
        gpus = sum(each.resources.gpus for each in (*self.containers, *self.init))
        if gpus and self.role not in GPU_ROLES:
            raise ValueError(f"role must be one with GPUs, since a container requests {gpus}, got {self.role.value}")
        mounted = {name for each in (*self.containers, *self.init) for name in each.mounts}
        if strange := sorted(mounted - self.files.keys()):
            raise ValueError(f"files must name the ConfigMap of each mount; missing: {', '.join(strange)}")


def pod_template(base: ReleaseBase, plan: PodPlan) -> Any:
    """Metadata and spec, for the template of a Deployment or a Job."""
    labels = labels_of(base.keep, plan.workload, plan.name, version="" if plan.lasting else base.version)
    values = {**plan.annotations, **(SCRAPED if plan.measured else {})}
    annotations = {"annotations": values} if values else {}
    return {"metadata": {"labels": labels, **annotations}, "spec": pod_spec(base, plan)}


def pod_spec(base: ReleaseBase, plan: PodPlan) -> Any:
    """The spec alone."""
    shared, common = _mounts(plan), _environment(base, plan)
    spec: dict[str, Any] = {
        "serviceAccountName": plan.workload.value,
        "automountServiceAccountToken": plan.token,
        "enableServiceLinks": False,
        "priorityClassName": base.priority(plan.priority),
        "terminationGracePeriodSeconds": plan.grace_seconds,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "nodeSelector": node_selector(base, plan.role, plan.pool),
        "tolerations": tolerations(plan.role),
        "containers": [each.spec(shared, common) for each in plan.containers],
        "volumes": _volumes(base, plan),
    }
    if plan.init:
        spec["initContainers"] = [each.spec(shared, common) for each in plan.init]
    if plan.restart:
        spec["restartPolicy"] = plan.restart
    if plan.spread:
        spec["topologySpreadConstraints"] = _spread(base, plan)
    return spec


def node_selector(base: ReleaseBase, role: PoolRole, pool: str | None = None) -> dict[str, str]:
    """The nodes of a role, or of one pool; if nodes are labelled with the keep, only those."""
    pools = {f"{LABEL_PREFIX}/role": role.value} | ({f"{LABEL_PREFIX}/pool": pool} if pool else {})
    return {**pools, TENANT: base.keep.tenant} if base.own_nodes else pools


def tolerations(role: PoolRole) -> list[dict[str, str]]:
    """Tolerates the taints that components.compute.node_pools sets on a role's nodes, and no others."""
    if role is PoolRole.SYSTEM:
        return []
    own = {"key": f"{LABEL_PREFIX}/role", "operator": "Equal", "value": role.value, "effect": "NoSchedule"}
    gpu = {"key": GPU_TAINT, "operator": "Equal", "value": "present", "effect": "NoSchedule"}
    return [own, gpu] if role in GPU_ROLES else [own]


def http_probe(
    path: str, port: str, *, scheme: str = "HTTP", period_seconds: int = 10, failures: int = 3, timeout_seconds: int = 5
) -> dict[str, Any]:
    """A probe of a route of the container."""
    return {
        "httpGet": {"path": path, "port": port, "scheme": scheme},
        "periodSeconds": period_seconds,
        "timeoutSeconds": timeout_seconds,
        "failureThreshold": failures,
    }


def _cores(cpu: float) -> str:
    return str(int(cpu)) if cpu % 1 == 0 else f"{round(cpu * 1000)}m"


def _checked(image: str) -> str:
    if not _BY_DIGEST.search(image):
        raise ValueError(f"image must be repository@sha256:<64 hex digits>, got {image!r}; use ReleaseBase.image")
    return image


def _environment(base: ReleaseBase, plan: PodPlan) -> dict[str, str]:
    telemetry = base.environment if plan.reports else {}
    return {**telemetry, **({METRICS_PORT_VARIABLE: str(METRICS_PORT)} if plan.measured else {})}


def _mounts(plan: PodPlan) -> list[dict[str, Any]]:
    mounts: list[dict[str, Any]] = [
        {"name": "tmp", "mountPath": TMP_PATH},
        {"name": "scratch", "mountPath": CACHE_PATH},
    ]
    if plan.shared_memory_gib:
        mounts.append({"name": "shared-memory", "mountPath": "/dev/shm"})  # noqa: S108 - a mount of the container
    if plan.settings:
        # Only the file, so that other files can be mounted beside it.
        mounts.append({"name": "settings", "mountPath": SETTINGS_PATH, "subPath": SETTINGS_KEY, "readOnly": True})
    return mounts


def _volumes(base: ReleaseBase, plan: PodPlan) -> list[dict[str, Any]]:
    volumes: list[dict[str, Any]] = [
        {"name": "tmp", "emptyDir": {"sizeLimit": f"{TMP_MIB}Mi"}},
        plan.scratch.volume(labels_of(base.keep, plan.workload, plan.name)),
    ]
    if plan.shared_memory_gib:
        memory = {"medium": "Memory", "sizeLimit": f"{plan.shared_memory_gib}Gi"}
        volumes.append({"name": "shared-memory", "emptyDir": memory})
    maps = {"settings": SETTINGS_MAP, **plan.files} if plan.settings else dict(plan.files)
    volumes += [{"name": name, "configMap": {"name": config_map}} for name, config_map in maps.items()]
    return volumes


def _spread(base: ReleaseBase, plan: PodPlan) -> list[dict[str, Any]]:
    """Preferred, not required: a pool may be in one zone, and a pod on the wrong node is better than none."""
    selector = selector_of(base.keep, plan.workload, plan.name)
    wanted = {key: selector[key] for key in (NAME, TENANT)}
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": wanted},
            "matchLabelKeys": ["pod-template-hash"],
        }
        for key in SPREAD_OVER
    ]
