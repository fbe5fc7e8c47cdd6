"""The gateway: the only pods that developers' requests reach, behind the keep's entry."""

from dataclasses import dataclass
from typing import Any

import pulumi
from codekeep_contracts import commands
from codekeep_contracts.images import ImageName
from codekeep_contracts.pods import GATEWAY_PORT, HEALTH_PATH, READY_PATH
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.autoscaling.v2 import HorizontalPodAutoscaler

from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.network.entry import DRAIN_SECONDS
from components.release.base import Priority, ReleaseBase
from components.release.pod import SETTINGS_DIGEST, Container, PodPlan, Resources, Scratch, http_probe
from components.release.server import ServerPlan, create_server

IMAGE: ImageName = "code-batch-review"  # contains the gateway too
SERVICE_PORT = 443
RESOURCES = Resources(cpu=1, cpu_limit=4, memory_gib=2)
SEATS_PER_REPLICA = 250
REPLICAS_MIN, REPLICAS_MAX = 2, 20
CPU_PERCENT = 65  # of the request; retrieval costs most
SETTLING_SECONDS = 15  # until the load balancer has removed the pod
BINDING_API = "elbv2.k8s.aws/v1beta1"  # of the AWS load balancer controller


def max_replicas(seats: int) -> int:
    """Twice what all seats need, since load is uneven."""
    return min(REPLICAS_MAX, REPLICAS_MIN + 2 * -(-seats // SEATS_PER_REPLICA))


@dataclass(frozen=True, kw_only=True)
class GatewayArgs:
    """The load balancer controller registers the pods with the entry's target group, `target_group_arn`."""

    base: ReleaseBase
    target_group_arn: pulumi.Input[str]
    seats: int
    settings_digest: pulumi.Input[str]

    def __post_init__(self) -> None:
        if self.seats < 1:
            raise ValueError(f"seats must be 1 or more, got {self.seats}")

    @property
    def max_replicas(self) -> int:
        return max_replicas(self.seats)


class Gateway(pulumi.ComponentResource):
    """Deployment, Service, disruption budget, autoscaler, and the binding to the entry's target group."""

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.gateway:Gateway", name, None, opts)
        self._name, self._args = name, args

        create_server(name, args.base, self._server(), self)
        self._scale()
        self._bind()

        self.register_outputs({"service": Workload.GATEWAY.value, "port": SERVICE_PORT})

    def _server(self) -> ServerPlan:
        args = self._args
        container = Container(
            name="gateway",
            image=args.base.image(IMAGE),
            resources=RESOURCES,
            args=commands.SERVE.args(),
            ports={"https": GATEWAY_PORT},
            probes={
                "startupProbe": http_probe(HEALTH_PATH, "https", scheme="HTTPS", period_seconds=2, failures=60),
                "readinessProbe": http_probe(READY_PATH, "https", scheme="HTTPS", period_seconds=5),
                "livenessProbe": http_probe(HEALTH_PATH, "https", scheme="HTTPS"),
            },
            stop_seconds=SETTLING_SECONDS,
        )
        pod = PodPlan(
            workload=Workload.GATEWAY,
            role=PoolRole.SYSTEM,
            priority=Priority.SERVING,
            containers=(container,),
            scratch=Scratch(gib=1),
            spread=True,
            grace_seconds=SETTLING_SECONDS + DRAIN_SECONDS,
            annotations={SETTINGS_DIGEST: args.settings_digest},
            measured=True,
        )
        return ServerPlan(pod=pod, port=SERVICE_PORT, target="https")

    def _scale(self) -> None:
        args = self._args
        spec: Any = {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": Workload.GATEWAY.value},
            "minReplicas": REPLICAS_MIN,
            "maxReplicas": args.max_replicas,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": CPU_PERCENT}},
                }
            ],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 600}},
        }
        HorizontalPodAutoscaler(
            self._name, metadata=args.base.metadata(Workload.GATEWAY), spec=spec, opts=args.base.options(self)
        )

    def _bind(self) -> None:
        """Binds the pods to the target group, without `networking`: the entry has the security group rules."""
        args = self._args
        CustomResource(
            self._name,
            api_version=BINDING_API,
            kind="TargetGroupBinding",
            metadata=args.base.metadata(Workload.GATEWAY),
            spec={
                "serviceRef": {"name": Workload.GATEWAY.value, "port": SERVICE_PORT},
                "targetGroupARN": args.target_group_arn,
                "targetType": "ip",
            },
            opts=args.base.options(self),
        )
