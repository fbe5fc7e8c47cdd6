"""`codekeep check`: judges stacks by the policies, before anything is deployed."""

import sys
from pathlib import Path

import click

FORMAT_NAMES = ("terminal", "json", "sarif", "junit", "checklist-md", "checklist-html", "summary-md")


@click.command()
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option("--all", "every", is_flag=True, help="Every stack of the project.")
@click.option(
    "--graph",
    "graphs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A saved graph instead: what `codekeep graph STACK --format json` printed.",
)
@click.option(
    "--program",
    type=click.Path(exists=True, path_type=Path),
    help="Any Pulumi program in Python instead, by its folder.",
)
@click.option(
    "--config",
    "config",
    multiple=True,
    metavar="KEY=VALUE",
    help="Configuration for --program; codekeep:allowedRegions=REGION,REGION says where its resources may be.",
)
@click.option(
    "--waivers",
    "waiver_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Exceptions somebody answers for; default policies/waivers.yaml of the project, where there is one.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMAT_NAMES),
    help="Report to make; may be repeated. Default: terminal.",
)
@click.option(
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the report: the first --output takes the first --format, and so on. The last format may be printed.",
)
@click.option("--quiet", is_flag=True, help="No progress, and nothing at all where everything is clean.")
def check(
    stacks: tuple[str, ...],
    every: bool,
    graphs: tuple[Path, ...],
    program: Path | None,
    config: tuple[str, ...],
    waiver_file: Path | None,
    formats: tuple[str, ...],
    outputs: tuple[Path, ...],
    quiet: bool,
) -> None:
    """Judge STACKs by every policy: no engine, no cloud, no network.

    Exits with 0 where all is clean, with 1 on violations and on waivers that are expired or unused, with 2 where
    something could not be judged. docs/policies explains waivers and reports.
    """
    from stacks.cli.check.reporting import require_places, write
    from stacks.cli.check.request import Request

    formats = formats or ("terminal",)
    require_places(formats, outputs)
    request = Request.of(
        stacks=stacks, every=every, graphs=graphs, program=program, config=config, waiver_file=waiver_file
    )
    run = request.run(checkers=(), quiet=quiet)
    write(run, formats, outputs, quiet=quiet)
    sys.exit(run.exit_code)
