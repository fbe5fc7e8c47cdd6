"""What one call asks for: which sources, under which waivers, among which stacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from policies.checker import Checker
from policies.report import Run, UnjudgedStack
from policies.waivers import Waiver, WaiverError, load_waivers
from stacks.cli.check.changes import changed_stacks
from stacks.cli.check.judging import Judged, judged
from stacks.cli.check.live_source import LiveSource
from stacks.cli.check.pipeline import concluded
from stacks.cli.check.sources import ProgramSource, SavedGraph, Source, StackSource
from stacks.cli.errors import BadInputError
from stacks.cli.project import Project
from stacks.cli.recording import Recordings

WAIVER_FILE = Path("policies") / "waivers.yaml"


@dataclass(frozen=True, kw_only=True)
class Request:
    """Sources and the waivers they are judged under; `known` are all stacks of the project."""

    sources: Sequence[Source]
    waivers: Sequence[Waiver]
    known: Sequence[str]
    today: date

    @classmethod
    def of(
        cls,
        *,
        stacks: Sequence[str],
        every: bool,
        changed_since: str | None,
        graphs: Sequence[Path],
        program: Path | None,
        live: Sequence[str],
        engine: str,
        config: Sequence[str],
        waiver_file: Path | None,
    ) -> "Request":
        """BadInputError where the options contradict each other, or name what is not there."""
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
        if config and not (graphs or program):
            raise BadInputError(
                "--config is for --program and --graph; a stack's configuration is its Pulumi.STACK.yaml"
            )
        values = _pairs(config)
        project = _project(required=not (graphs or program))
        sources: list[Source] = [SavedGraph(file=file, config=values) for file in graphs]
        if program is not None:
            sources = [ProgramSource(folder=program, config=values)]
        if project is not None and live:
            sources = [LiveSource(project=project, stack=stack, engine=engine) for stack in _named(project, live)]
        if project is not None and not sources:
            recordings = Recordings(project)
            chosen = _chosen(project, stacks, every=every, changed_since=changed_since)
            sources = [StackSource(recordings=recordings, stack=stack) for stack in chosen]
        today = datetime.now(UTC).date()
        known = project.stacks if project is not None else []
        return cls(sources=sources, waivers=_waivers(waiver_file, project, today), known=known, today=today)

    def run(self, *, checkers: Sequence[Checker], quiet: bool) -> Run:
        """Judges everything. Nothing to judge is clean, whatever the waivers are."""
        if not self.sources:
            return Run(reports=())
        results = self._judged(quiet=quiet)
        return concluded(results, checkers=checkers, waivers=self.waivers, known=self.known, today=self.today)

    def _judged(self, *, quiet: bool) -> Sequence[Judged | UnjudgedStack]:
        stacks = [source for source in self.sources if isinstance(source, StackSource)]
        if len(stacks) < 2:
            return [judged(source) for source in self.sources]
        from stacks.cli.check.pool import judged_by_many

        return judged_by_many(stacks[0].recordings.project, [source.stack for source in stacks], quiet=quiet)


def _require_one_kind(given: Mapping[str, bool]) -> None:
    chosen = [name for name, is_given in given.items() if is_given]
    if len(chosen) != 1:
        got = " and ".join(chosen) or "none"
        raise BadInputError(f"say what to check by one of {', '.join(given)}; got {got}")


def _chosen(project: Project, stacks: Sequence[str], *, every: bool, changed_since: str | None) -> list[str]:
    if changed_since is not None:
        return changed_stacks(project, changed_since)
    if every and not project.stacks:
        raise BadInputError(f"--all: {project.root} has no stack, that is no Pulumi.STACK.yaml")
    return project.stacks if every else _named(project, stacks)


def _named(project: Project, stacks: Sequence[str]) -> list[str]:
    """The stacks once each; BadInputError lists those there are."""
    for stack in stacks:
        project.stack_file(stack)
    return list(dict.fromkeys(stacks))


def _pairs(config: Sequence[str]) -> Mapping[str, str]:
    values = {}
    for pair in config:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise BadInputError(f"--config must be KEY=VALUE, got {pair!r}")
        values[key] = value
    return values


def _project(*, required: bool) -> Project | None:
    try:
        return Project.find()
    except BadInputError:
        if required:
            raise
        return None


def _waivers(file: Path | None, project: Project | None, today: date) -> tuple[Waiver, ...]:
    if file is None and project is not None and (project.root / WAIVER_FILE).is_file():
        file = project.root / WAIVER_FILE
    if file is None:
        return ()
    try:
        return load_waivers(file, today)
    except WaiverError as fault:
        raise BadInputError(str(fault)) from fault
