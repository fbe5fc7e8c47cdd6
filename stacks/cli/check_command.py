"""`codekeep check`: judges stacks by the policies, before anything is deployed."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stacks.cli.options import engine_option
from stacks.garbage import collect_rarely

if TYPE_CHECKING:
    from policies.checker import Checker

FORMAT_NAMES = ("terminal", "json", "sarif", "junit", "checklist-md", "checklist-html", "summary-md")


@click.command()
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option("--all", "every", is_flag=True, help="Every stack of the project.")
@click.option(
    "--changed-since",
    metavar="REF",
    help="Stacks whose file changed since the branch left the git ref REF; all where the program or a policy changed.",
)
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
@click.option("--live", "live", multiple=True, metavar="STACK", help="What is really in the account of deployed STACK.")
@engine_option
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
@click.option("--checkov", is_flag=True, help="Checkov's checks too, in an environment that is made at the first run.")
@click.option("--quiet", is_flag=True, help="No progress, and nothing at all where everything is clean.")
def check(
    stacks: tuple[str, ...],
    every: bool,
    changed_since: str | None,
    graphs: tuple[Path, ...],
    program: Path | None,
    live: tuple[str, ...],
    engine: str,
    config: tuple[str, ...],
    waiver_file: Path | None,
    formats: tuple[str, ...],
    outputs: tuple[Path, ...],
    checkov: bool,
    quiet: bool,
) -> None:
    """Judge STACKs by every policy: no engine, no cloud, no network.

    Exits with 0 where all is clean, with 1 on violations and on waivers that are expired or unused, with 2 where
    something could not be judged. docs/policies explains waivers and reports.
    """
    collect_rarely()
    from stacks.cli.check.reporting import require_places, write
    from stacks.cli.check.request import Request

    formats = formats or ("terminal",)
    require_places(formats, outputs)
    request = Request.of(
        stacks=stacks,
        every=every,
        changed_since=changed_since,
        graphs=graphs,
        program=program,
        live=live,
        engine=engine,
        config=config,
        waiver_file=waiver_file,
    )
    if not request.sources:
        click.echo(f"no stack changed since {changed_since}", err=True)
    run = request.run(checkers=_further_checkers(checkov=checkov, quiet=quiet), quiet=quiet)
    write(run, formats, outputs, quiet=quiet)
    sys.exit(run.exit_code)


def _further_checkers(*, checkov: bool, quiet: bool) -> "Sequence[Checker]":
    """The checkers asked for beside our own rules."""
    if not checkov:
        return ()
    from stacks.cli.checkov.checker import CheckovChecker
    from stacks.cli.checkov.installation import Installation
    from stacks.cli.home import Home

    home = Home.of(Path.cwd())
    home.prepare()
    say = (lambda _: None) if quiet else (lambda text: click.echo(text, err=True))
    return [CheckovChecker(installation=Installation(home=home.path), say=say)]
