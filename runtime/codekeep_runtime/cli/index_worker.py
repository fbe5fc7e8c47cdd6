"""`index-worker`: runs the indexer of a keep."""

import click

from codekeep_runtime.cli.options import on_platform
from codekeep_runtime.platform.port import Platform


@click.command("index-worker")
@click.option("--ray", "ray_address", metavar="ADDRESS", help="Embed on this Ray cluster (ray://host:port).")
@click.option("--full", is_flag=True, help="Have ingest send everything again, and exit once the new index serves.")
@click.option("--once", is_flag=True, help="Exit when nothing is left to do.")
@on_platform
def index_worker(ray_address: str | None, full: bool, once: bool, platform: Platform) -> None:
    """Write what ingest sent into the index and embed it, until stopped."""
    from codekeep_runtime import telemetry
    from codekeep_runtime.jobs.index_worker import run_worker
    from codekeep_runtime.telemetry import metrics

    telemetry.setup(platform.context.settings)
    metrics.serve()
    run_worker(platform, ray_address, is_full=full, once=once or full)
