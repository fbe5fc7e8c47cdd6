"""`codekeep check`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from codekeep_contracts.faults import UsageFault

from stacks.cli.options import engine_option
from stacks.gc_tuning import relax_gc

if TYPE_CHECKING:
    from policies.checker import Checker
    from policies.report import Run, UnjudgedStack
    from stacks.project import Project
    from stacks.sessions.check.judge import JudgedSource
    from stacks.sessions.check.sources import Source

FORMAT_NAMES = ("terminal", "json", "sarif", "junit", "checklist-md", "checklist-html", "summary-md")


@click.command()
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option("--all", "every", is_flag=True, help="Check every stack of the project.")
@click.option(
    "--changed-since",
    metavar="REF",
    help="Check stacks whose file changed since the branch left git ref REF; all if the program or a policy changed.",
)
@click.option(
    "--graph",
    "graphs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Check a saved graph instead: the output of `codekeep graph STACK --format json`.",
)
@click.option(
    "--program",
    type=click.Path(exists=True, path_type=Path),
    help="Check any Pulumi program in Python instead, by its folder.",
)
@click.option(
    "--live", "live", multiple=True, metavar="STACK", help="Check what is in the account of the deployed STACK."
)
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
    help="File of waivers. Default: policies/waivers.yaml of the project, if it exists.",
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
@click.option("--checkov", is_flag=True, help="Run Checkov's checks too; its first run installs it.")
@click.option("--quiet", is_flag=True, help="Print no progress, and nothing at all if everything is clean.")
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
    """Check STACKS against every policy, before anything is deployed: no engine, no cloud, no network.

    Warns where a stack needs more than AWS's default quotas, and names the quota to raise.

    Exits with 0 if all is clean, with 1 on violations and on waivers that are expired or unused, with 2 if something
    could not be judged. docs/policies explains waivers and reports.
    """
    relax_gc()
    from stacks.cli.check_reports import require_places, write_reports
    from stacks.project import Project
    from stacks.sessions.check.check import check, waivers_of

    formats = formats or ("terminal",)
    require_places(formats, outputs)
    _require_one_kind(
        {
            "STACK": bool(stacks),
            "--all": every,
            "--changed-since": changed_since is not None,
            "--graph": bool(graphs),
            "--program": program is not None,
            "--live": bool(live),
        }
    )
    needs_project = not graphs and program is None
    if config and needs_project:
        raise UsageFault("--config is for --program and --graph; a stack's configuration is its Pulumi.STACK.yaml")
    values = _pairs(config)
    project = Project.find() if needs_project else Project.find_or_none()
    sources = (
        _stack_sources(project, stacks, live, every=every, changed_since=changed_since, engine=engine)
        if project is not None and needs_project
        else _file_sources(graphs, program, values)
    )
    if not sources:
        click.echo(f"no stack changed since {changed_since}", err=True)
    run = check(
        sources,
        waivers=waivers_of(project, waiver_file),
        known_stacks=project.stacks if project is not None else (),
        checkers=_checkers(checkov=checkov, quiet=quiet),
        on_judged=lambda stack, result, count: None if quiet else _show_progress(stack, result, count, len(sources)),
    )
    write_reports(run, formats, outputs, quiet=quiet)
    if not quiet:
        _show_quotas(run)
    raise click.exceptions.Exit(run.exit_code)


def _require_one_kind(options: Mapping[str, bool]) -> None:
    chosen = [name for name, is_chosen in options.items() if is_chosen]
    if len(chosen) != 1:
        got = " and ".join(chosen) or "none"
        raise UsageFault(f"say what to check by one of {', '.join(options)}; got {got}")


def _pairs(config: Sequence[str]) -> Mapping[str, str]:
    values = {}
    for pair in config:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise UsageFault(f"--config must be KEY=VALUE, got {pair!r}")
        values[key] = value
    return values


def _file_sources(graphs: Sequence[Path], program: Path | None, config: Mapping[str, str]) -> "Sequence[Source]":
    from stacks.sessions.check.sources import ProgramSource, SavedGraph

    if program is not None:
        return [ProgramSource(folder=program, config=config)]
    return [SavedGraph(file=file, config=config) for file in graphs]


def _stack_sources(
    project: "Project",
    stacks: Sequence[str],
    live: Sequence[str],
    *,
    every: bool,
    changed_since: str | None,
    engine: str,
) -> "Sequence[Source]":
    from stacks.sessions.check.changes import changed_stacks
    from stacks.sessions.check.sources import LiveSource, StackSource
    from stacks.sessions.recording import StackRecorder

    if every and not project.stacks:
        raise UsageFault(f"--all: {project.root} has no stack, that is no Pulumi.STACK.yaml")
    for stack in (*stacks, *live):
        project.stack_file(stack)
    if live:
        return [LiveSource(project=project, stack=stack, engine=engine) for stack in dict.fromkeys(live)]
    named = project.stacks if every else list(dict.fromkeys(stacks))
    chosen = named if changed_since is None else changed_stacks(project, changed_since)
    recorder = StackRecorder(project)
    return [StackSource(recorder=recorder, stack=stack) for stack in chosen]


def _show_quotas(run: "Run") -> None:
    """Warnings, which change no exit code: the account's own quotas may be higher than the defaults."""
    from policies.quotas import exceeded

    for report in run.reports:
        for usage in exceeded(report.graph, report.facts):
            click.echo(f"warning: {report.stack}: {usage}", err=True)


def _show_progress(stack: str, result: "JudgedSource | UnjudgedStack", count: int, total: int) -> None:
    from policies.report import UnjudgedStack

    found = "cannot be judged" if isinstance(result, UnjudgedStack) else f"{len(result.own.findings)} findings"
    click.echo(f"[{count}/{total}] {stack}: {found}", err=True)


def _checkers(*, checkov: bool, quiet: bool) -> "Sequence[Checker]":
    """The checkers that judge beside our own rules."""
    if not checkov:
        return ()
    from stacks.home import Home
    from stacks.sessions.checkov.checker import CheckovChecker
    from stacks.sessions.checkov.installation import Installation

    home = Home.of(Path.cwd())
    home.prepare()
    return [
        CheckovChecker(
            installation=Installation(home=home.path),
            on_progress=lambda text: None if quiet else click.echo(text, err=True),
        )
    ]
