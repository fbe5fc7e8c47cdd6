"""`serve`: the gateway."""

import json
from functools import partial
from pathlib import Path

import click
from codekeep_contracts.pods import GATEWAY_PORT

from codekeep_runtime.cli.options import as_json, as_team, as_user, placed
from codekeep_runtime.place import Place

LAPTOP_PORT = 8710


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Others than this machine need a certificate.")
@click.option("--port", type=click.IntRange(0, 65535), help="0 for any that is free. Default: 8710, in a keep 8443.")
@click.option("--certificate", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Chain, PEM.")
@click.option("--certificate-key", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Its key, PEM.")
@as_user
@as_team
@as_json
@placed
def serve(
    host: str,
    port: int | None,
    certificate: Path | None,
    certificate_key: Path | None,
    user: str | None,
    teams: tuple[str, ...],
    as_json: bool,
    place: Place,
) -> None:
    """Serve search and chat over HTTP; `/` is a page to try them. Ctrl-C ends it once running answers are done.

    Without a keep the address holds a token that is new with every start: it signs in as USER, or as the owner. In a
    keep it serves its whole pod, by the certificate that the settings name.
    """
    from codekeep_runtime.assembly.entry import certificate_of
    from codekeep_runtime.cli.ending import until_told
    from codekeep_runtime.cli.opening import opened
    from codekeep_runtime.gateway.app import create_app
    from codekeep_runtime.gateway.server import Certificate, pod_server, server
    from codekeep_runtime.telemetry import metrics

    if (certificate is None) != (certificate_key is None):
        raise click.UsageError("--certificate and --certificate-key go together")
    pair = Certificate(certificate, certificate_key) if certificate and certificate_key else None
    with opened(place, user or (None if place.embedded else "gateway"), teams, role="gateway") as runtime:
        app = create_app(runtime.services)
        if place.embedded:
            metrics.start()
            running = server(app, host, LAPTOP_PORT if port is None else port, pair)
            token = getattr(runtime.identity, "token", "")
            running.announce = partial(_announce, host, token, is_tls=pair is not None, as_json=as_json)
        else:
            running = pod_server(app, GATEWAY_PORT if port is None else port, pair or certificate_of(place))
        with until_told():
            running.run()


def _announce(host: str, token: str, port: int, *, is_tls: bool, as_json: bool) -> None:
    """The token is after the #, which browsers keep to themselves."""
    shown = f"[{host}]" if ":" in host else host
    address = f"{'https' if is_tls else 'http'}://{shown}:{port}/"
    if as_json:
        click.echo(json.dumps({"address": address, "token": token}))
    else:
        click.echo(f"{address}#token={token}" if token else address)
