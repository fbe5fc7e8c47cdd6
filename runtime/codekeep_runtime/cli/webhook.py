"""`webhook`: the receiver of a keep."""

import click
from codekeep_contracts.pods import WEBHOOK_PORT

from codekeep_runtime.cli.options import placed
from codekeep_runtime.place import Place


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=WEBHOOK_PORT, show_default=True)
@placed
def webhook(port: int, place: Place) -> None:
    """Receive signed pushes of the settings' Git hosts and put them on the ingest queue."""
    from codekeep_runtime import telemetry
    from codekeep_runtime.assembly.webhooks import webhook_app
    from codekeep_runtime.cli.ending import until_told
    from codekeep_runtime.gateway.server import pod_server

    telemetry.setup(place.settings)
    with until_told():
        pod_server(webhook_app(place), port).run()
