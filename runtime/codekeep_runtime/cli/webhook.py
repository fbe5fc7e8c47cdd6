"""`webhook`: receives the webhooks of a keep's Git hosts."""

import click
from codekeep_contracts.pods import WEBHOOK_PORT

from codekeep_runtime.cli.options import on_platform
from codekeep_runtime.platform.port import Platform


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=WEBHOOK_PORT, show_default=True, help="Port to listen on."
)
@on_platform
def webhook(port: int, platform: Platform) -> None:
    """Receive signed pushes of the settings' Git hosts and put them on the ingest queue."""
    from codekeep_runtime import telemetry
    from codekeep_runtime.cli.signals import until_stopped
    from codekeep_runtime.gateway.server import pod_server

    telemetry.setup(platform.context.settings)
    with until_stopped():
        pod_server(platform.services.webhook_app(), port).run()
