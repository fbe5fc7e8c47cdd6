"""A model endpoint: engine, verified model on NVMe, replicas that follow the load, and room for the next ones."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from codekeep_contracts import commands
from codekeep_contracts.metrics import model_load
from codekeep_contracts.pods import model_service
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import ConfigMap

from components.compute.pool import PoolRole
from components.identity.workload import SYSTEM_NAMESPACE, Workload
from components.naming import LABEL_PREFIX
from components.release.base import Priority, ReleaseBase, text_digest
from components.release.pod import Container, PodPlan, Resources, Scratch, http_probe
from components.release.queue_scaling import KEDA_API
from components.release.release_plan import EndpointPlan
from components.release.server import DeploymentPlan, ServerPlan, create_deployment, create_server

FILES_DIGEST = f"{LABEL_PREFIX}/files-digest"  # annotation: the engine restarts when its files change
RUNTIME = ("python3", "-m", "codekeep_runtime")
FETCH_PATH = "/opt/codekeep/runtime:/opt/codekeep/lib"  # in the serving images, separate from the engine's packages
FETCH_RESOURCES = Resources(cpu=1, cpu_limit=4, memory_gib=2)
IDLE = ("sleep", "infinity")  # pulls the engine's image onto the node in the meantime

LOADING_SECONDS = 1_800  # after the download: loading weights, tuning kernels, capturing graphs
ROLLOUT_SECONDS = 3_600  # of one replica, including a new node
SETTLING_SECONDS = 10
DRAIN_SECONDS = 120  # the longest answer that a replica finishes before it stops

PROMETHEUS = f"http://prometheus.{SYSTEM_NAMESPACE}.svc.cluster.local:9090"
LOAD_SHARE = 0.8  # of the requests that a replica works on at once: above, a replica is added before requests wait
POLLING_SECONDS = 15
QUIET_SECONDS = 900  # without load before a replica is removed, since a new one takes minutes


@dataclass(frozen=True, kw_only=True)
class ModelEndpointArgs:
    """`metrics_url` is the Prometheus with the runtime's metrics, as KEDA reaches it."""

    base: ReleaseBase
    plan: EndpointPlan
    metrics_url: str = PROMETHEUS


class ModelEndpoint(pulumi.ComponentResource):
    """One served model. Only the pods that the network policies name reach its Service."""

    def __init__(self, name: str, args: ModelEndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:model_endpoint:ModelEndpoint", name, None, opts)
        self._name, self._args, self._object = name, args, model_service(args.plan.role)

        if args.plan.files:
            self._write_files()
        create_server(name, args.base, self._server(), self)
        if args.plan.spare_replicas:
            self._hold_room()
        if args.plan.max_replicas > args.plan.min_replicas:
            self._scale()

        self.register_outputs({"service": self._object, "model": args.plan.model, "revision": args.plan.revision})

    def _metadata(self, name: str | None = None) -> dict[str, Any]:
        return self._args.base.metadata(Workload.MODEL_SERVER, name or self._object)

    def _write_files(self) -> None:
        ConfigMap(
            self._name,
            metadata=self._metadata(),
            data=dict(self._args.plan.files),
            opts=self._args.base.options(self),
        )

    def _server(self) -> ServerPlan:
        plan = self._args.plan
        scaled = plan.max_replicas > plan.min_replicas
        return ServerPlan(
            pod=self._pod(),
            port=plan.port,
            target="http",
            replicas=None if scaled else plan.min_replicas,
            # There may be no GPUs for a further replica: with several, an old one goes before the new one comes.
            surge=plan.min_replicas == 1,
            progress_seconds=ROLLOUT_SECONDS,
            service_annotations={
                "prometheus.io/scrape": "true",
                "prometheus.io/port": str(plan.port),
                "prometheus.io/path": plan.metrics_path,
            },
        )

    def _pod(self) -> PodPlan:
        plan = self._args.plan
        return PodPlan(
            workload=Workload.MODEL_SERVER,
            name=self._object,
            role=PoolRole.GPU_SERVE,
            pool=plan.pool,
            priority=Priority.SERVING,
            init=(self._fetch(),),
            containers=(self._engine(),),
            scratch=Scratch(gib=plan.cache_gib),
            shared_memory_gib=plan.shared_memory_gib,
            files={"engine": self._object} if plan.files else {},
            spread=True,
            grace_seconds=SETTLING_SECONDS + DRAIN_SECONDS,
            annotations={FILES_DIGEST: text_digest(json.dumps(dict(plan.files), sort_keys=True))} if plan.files else {},
            reports=False,
            lasting=True,
        )

    def _fetch(self) -> Container:
        """Fetches the model from the keep's bucket, which is in the settings. A file with a wrong checksum stops the
        pod.
        """
        plan = self._args.plan
        return Container(
            name="fetch-model",
            image=self._args.base.image(plan.image),
            resources=FETCH_RESOURCES,
            command=RUNTIME,
            args=commands.MODEL_FETCH.args(role=plan.role, revision=plan.revision, into=plan.model_path, verify=True),
            env={"PYTHONPATH": FETCH_PATH},
        )

    def _engine(self) -> Container:
        plan = self._args.plan
        return Container(
            name="engine",
            image=self._args.base.image(plan.image),
            resources=self._resources(),
            command=plan.command,
            args=plan.args,
            env=plan.env,
            ports={"http": plan.port},
            probes={
                "startupProbe": http_probe(plan.health_path, "http", failures=LOADING_SECONDS // 10),
                "readinessProbe": http_probe(plan.health_path, "http", period_seconds=5),
                "livenessProbe": http_probe(plan.health_path, "http", period_seconds=20, failures=6),
            },
            mounts={"engine": plan.files_folder} if plan.files else {},
            stop_seconds=SETTLING_SECONDS,
        )

    def _resources(self) -> Resources:
        plan = self._args.plan
        return Resources(cpu=plan.cpus, memory_gib=plan.memory_gib, gpus=plan.gpus)

    def _hold_room(self) -> None:
        """Pods of the lowest priority: a new replica takes their place at once, and they wait for the next node."""
        args, plan = self._args, self._args.plan
        holder = Container(name="room", image=args.base.image(plan.image), resources=self._resources(), command=IDLE)
        pod = PodPlan(
            workload=Workload.MODEL_SERVER,
            name=f"{self._object}-spare",
            role=PoolRole.GPU_SERVE,
            pool=plan.pool,
            priority=Priority.RESERVE,
            containers=(holder,),
            settings=False,
            reports=False,
            lasting=True,
            grace_seconds=0,
        )
        spare = DeploymentPlan(pod=pod, replicas=plan.spare_replicas, surge=False)
        create_deployment(f"{self._name}-spare", args.base, spare, self)

    def _scale(self) -> None:
        args, plan = self._args, self._args.plan
        CustomResource(
            self._name,
            api_version=KEDA_API,
            kind="ScaledObject",
            metadata=self._metadata(),
            spec={
                "scaleTargetRef": {"name": self._object},
                "pollingInterval": POLLING_SECONDS,
                "minReplicaCount": plan.min_replicas,
                "maxReplicaCount": plan.max_replicas,
                "advanced": {"horizontalPodAutoscalerConfig": {"name": self._object, "behavior": BEHAVIOR}},
                "triggers": [self._trigger()],
            },
            opts=args.base.options(self),
        )

    def _trigger(self) -> dict[str, Any]:
        """The runtime's own gauges: engines rename theirs between releases, and their values lag by seconds."""
        args, plan = self._args, self._args.plan
        namespace = pulumi.Output.from_input(args.base.namespace)
        return {
            "type": "prometheus",
            "name": "load",
            "metricType": "AverageValue",
            "metadata": {
                "serverAddress": args.metrics_url,
                "query": namespace.apply(lambda name: model_load(plan.role, name)),
                "threshold": str(round(plan.requests_per_replica * LOAD_SHARE, 1)),
                "ignoreNullValues": "false",  # an empty answer is an error, not an idle model
            },
        }


BEHAVIOR: Mapping[str, Any] = {
    "scaleUp": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]},
    "scaleDown": {
        "stabilizationWindowSeconds": QUIET_SECONDS,
        "policies": [{"type": "Pods", "value": 1, "periodSeconds": 300}],
    },
}
"""One replica at a time: each takes minutes to start, and by then the next may not be needed."""
