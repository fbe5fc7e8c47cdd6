"""`serve`: runs the gateway."""

import json
from functools import partial
from pathlib import Path

import click

from codekeep_runtime.cli.open_runtime import open_runtime
from codekeep_runtime.cli.options import FILE, as_json, as_team, as_user, on_platform
from codekeep_runtime.platform.port import Platform


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; others than loopback need TLS."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on, 0 for any free one. Default: 8710, in a keep 8443.",
)
@click.option("--certificate", type=FILE, help="Certificate chain, PEM.")
@click.option("--certificate-key", type=FILE, help="The certificate's private key, PEM.")
@as_user
@as_team
@as_json
@on_platform
def serve(
    host: str,
    port: int | None,
    certificate: Path | None,
    certificate_key: Path | None,
    user: str | None,
    teams: tuple[str, ...],
    as_json: bool,
    platform: Platform,
) -> None:
    """Serve search and chat over HTTP, with a page at `/`. Ctrl-C stops it once running answers are done.

    On a laptop the printed address contains a token, new with every start, that signs in as USER or the owner. In a
    keep it listens on all addresses of its pod, with the certificate of the settings.
    """
    from codekeep_runtime.cli.signals import until_stopped
    from codekeep_runtime.gateway.app import create_app
    from codekeep_runtime.gateway.server import Certificate
    from codekeep_runtime.platform.readers import reader_of
    from codekeep_runtime.telemetry import metrics

    if (certificate is None) != (certificate_key is None):
        raise click.UsageError("--certificate and --certificate-key go together")
    pair = Certificate(certificate, certificate_key) if certificate and certificate_key else None
    reader = reader_of(platform, user, teams) if user or teams else None
    with open_runtime(platform, reader, "gateway") as runtime:
        metrics.serve()
        app = create_app(runtime.services)
        running = platform.server(app, host, port, pair)
        if token := getattr(runtime.identity, "token", ""):
            running.announce = partial(_announce, host, token, is_tls=pair is not None, as_json=as_json)
        with until_stopped():
            running.run()


def _announce(host: str, token: str, port: int, *, is_tls: bool, as_json: bool) -> None:
    """The token follows the #, which browsers do not send."""
    shown = f"[{host}]" if ":" in host else host
    address = f"{'https' if is_tls else 'http'}://{shown}:{port}/"
    click.echo(json.dumps({"address": address, "token": token}) if as_json else f"{address}#token={token}")
