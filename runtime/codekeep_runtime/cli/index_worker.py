"""`index-worker`: the indexer of a keep."""

import click

from codekeep_runtime.cli.options import placed
from codekeep_runtime.place import Place


@click.command("index-worker")
@click.option("--ray", "ray_address", metavar="ADDRESS", help="Embed on this Ray cluster (ray://host:port).")
@click.option("--full", is_flag=True, help="Have everything handed on again, and end once a new version serves.")
@click.option("--once", is_flag=True, help="End when nothing is left to do.")
@placed
def index_worker(ray_address: str | None, full: bool, once: bool, place: Place) -> None:
    """Take what ingest handed on into the index and embed it, until it is stopped."""
    from codekeep_runtime import telemetry
    from codekeep_runtime.assembly.indexing import run_worker

    telemetry.setup(place.settings)
    run_worker(place, ray_address, is_full=full, once=once or full)
