"""The telemetry collector: the only pods that may write the keep's logs and metrics, and only what is allow-listed.

Workloads have no access to CloudWatch; they send OTLP over HTTP to this service, with the variables of
`client_environment`. What a container prints stays on its node. The image is an OpenTelemetry Collector with the parts
that templates/collector.yaml.j2 names (the contrib distribution has them), copied into the keep's registry.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import yaml
from codekeep_contracts.images import ImageName
from codekeep_contracts.metrics import metric_namespace
from codekeep_contracts.pods import OTLP_ENDPOINT, OTLP_PORT
from pulumi_kubernetes.core.v1 import ConfigMap

from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.release.base import Priority, ReleaseBase
from components.release.collector_config import HEALTH_PORT, collector_config
from components.release.pod import Container, PodPlan, Resources, http_probe
from components.release.server import ServerPlan, create_server

IMAGE: ImageName = "telemetry-collector"
CONFIG_MAP, CONFIG_KEY, CONFIG_PATH = "telemetry-config", "collector.yaml", "/etc/telemetry"
CONFIG_DIGEST = "codekeep.dev/config-digest"
REPLICAS = 2
RESOURCES = Resources(cpu=0.2, cpu_limit=1, memory_gib=0.5)
GRACE_SECONDS = 60  # to send what is buffered
LINE_MAX = 1_000  # one line per statement, for readers of the ConfigMap


def client_environment(namespace: str) -> dict[str, str]:
    """Variables of OpenTelemetry's SDK for every pod that sends telemetry.

    Deltas, since a pod's data is split between two collectors; exponential histograms, since percentiles need them.
    """
    return {
        OTLP_ENDPOINT: f"http://{Workload.TELEMETRY.value}.{namespace}.svc.cluster.local:{OTLP_PORT}",
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
        "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": "base2_exponential_bucket_histogram",
    }


@dataclass(frozen=True, kw_only=True)
class TelemetryArgs:
    """`log_group_names` are by part (components.observe.runtime_logs). Needs images[telemetry-collector]."""

    base: ReleaseBase
    log_group_names: Mapping[str, pulumi.Input[str]]


class Telemetry(pulumi.ComponentResource):
    """Configuration, Deployment, Service and disruption budget."""

    def __init__(self, name: str, args: TelemetryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.telemetry:Telemetry", name, None, opts)
        base = args.base

        document = _document(args)
        ConfigMap(
            name,
            metadata=base.metadata(Workload.TELEMETRY, CONFIG_MAP),
            data={CONFIG_KEY: document},
            opts=base.options(self),
        )
        plan = ServerPlan(pod=_pod(base, document), port=OTLP_PORT, target="otlp", replicas=REPLICAS)
        create_server(name, base, plan, self)

        self.register_outputs({"service": Workload.TELEMETRY.value, "port": OTLP_PORT})


def _document(args: TelemetryArgs) -> pulumi.Output[str]:
    keep = args.base.keep

    def config(groups: Mapping[str, str]) -> str:
        parsed = collector_config(region=keep.region, log_groups=groups, metric_namespace=metric_namespace(keep.tenant))
        return yaml.safe_dump(parsed, sort_keys=True, width=LINE_MAX)

    groups: Any = dict(args.log_group_names)
    return pulumi.Output.from_input(groups).apply(config)


def _pod(base: ReleaseBase, document: pulumi.Output[str]) -> PodPlan:
    collector = Container(
        name="collector",
        image=base.image(IMAGE),
        resources=RESOURCES,
        args=(f"--config={CONFIG_PATH}/{CONFIG_KEY}",),
        ports={"otlp": OTLP_PORT, "health": HEALTH_PORT},
        probes={
            "readinessProbe": http_probe("/", "health", period_seconds=5),
            "livenessProbe": http_probe("/", "health"),
        },
        mounts={"config": CONFIG_PATH},
        stop_seconds=5,
    )
    return PodPlan(
        workload=Workload.TELEMETRY,
        role=PoolRole.SYSTEM,
        priority=Priority.SERVING,
        containers=(collector,),
        settings=False,
        reports=False,
        files={"config": CONFIG_MAP},
        spread=True,
        grace_seconds=GRACE_SECONDS,
        annotations={CONFIG_DIGEST: document.apply(lambda text: hashlib.sha256(text.encode()).hexdigest())},
    )
