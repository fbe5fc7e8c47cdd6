"""The receiver of the Git hosts' webhooks: verifies their signatures and queues the work."""

from dataclasses import dataclass

import pulumi
from codekeep_contracts import commands
from codekeep_contracts.images import ImageName
from codekeep_contracts.pods import HEALTH_PATH, READY_PATH, WEBHOOK_PORT

from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.release.base import Priority, ReleaseBase
from components.release.pod import SETTINGS_DIGEST, Container, PodPlan, Resources, http_probe
from components.release.server import ServerPlan, create_server

IMAGE: ImageName = "code-ingest-parse"
REPLICAS = 2
RESOURCES = Resources(cpu=0.1, cpu_limit=1, memory_gib=0.5)


@dataclass(frozen=True, kw_only=True)
class WebhookArgs:
    """Webhooks arrive at the entry like all requests, and the gateway forwards them."""

    base: ReleaseBase
    settings_digest: pulumi.Input[str]


class Webhook(pulumi.ComponentResource):
    """Deployment, Service and disruption budget."""

    def __init__(self, name: str, args: WebhookArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.webhook:Webhook", name, None, opts)
        container = Container(
            name="webhook",
            image=args.base.image(IMAGE),
            resources=RESOURCES,
            args=commands.WEBHOOK.args(),
            ports={"http": WEBHOOK_PORT},
            probes={
                "readinessProbe": http_probe(READY_PATH, "http", period_seconds=5),
                "livenessProbe": http_probe(HEALTH_PATH, "http"),
            },
        )
        pod = PodPlan(
            workload=Workload.WEBHOOK,
            role=PoolRole.SYSTEM,
            priority=Priority.SERVING,
            containers=(container,),
            spread=True,
            annotations={SETTINGS_DIGEST: args.settings_digest},
        )

        create_server(name, args.base, ServerPlan(pod=pod, port=WEBHOOK_PORT, target="http", replicas=REPLICAS), self)

        self.register_outputs({"service": Workload.WEBHOOK.value, "port": WEBHOOK_PORT})
