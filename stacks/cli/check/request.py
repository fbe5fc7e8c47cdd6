"""What one call asks for: which sources, under which waivers, among which stacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from policies.checker import Checker
from policies.report import Run
from policies.waivers import Waiver, WaiverError, load_waivers
from stacks.cli.check.judging import judged
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
        graphs: Sequence[Path],
        program: Path | None,
        config: Sequence[str],
        waiver_file: Path | None,
    ) -> "Request":
        """BadInputError where the options contradict each other, or name what is not there."""
        _require_one_kind(stacks=bool(stacks), all=every, graph=bool(graphs), program=program is not None)
        if config and not (graphs or program):
            raise BadInputError(
                "--config is for --program and --graph; a stack's configuration is its Pulumi.STACK.yaml"
            )
        values = _pairs(config)
        project = _project(required=not (graphs or program))
        sources: list[Source] = [SavedGraph(file=file, config=values) for file in graphs]
        if program is not None:
            sources = [ProgramSource(folder=program, config=values)]
        if project is not None and not sources:
            recordings = Recordings(project)
            chosen = project.stacks if every else list(dict.fromkeys(stacks))
            for stack in chosen:
                project.stack_file(stack)
            sources = [StackSource(recordings=recordings, stack=stack) for stack in chosen]
        today = datetime.now(UTC).date()
        known = project.stacks if project is not None else []
        return cls(sources=sources, waivers=_waivers(waiver_file, project, today), known=known, today=today)

    def run(self, *, checkers: Sequence[Checker], quiet: bool) -> Run:
        """Judges everything."""
        results = [judged(source) for source in self.sources]
        return concluded(results, checkers=checkers, waivers=self.waivers, known=self.known, today=self.today)


def _require_one_kind(**given: bool) -> None:
    names = {"stacks": "STACK", **{name: f"--{name}" for name in given if name != "stacks"}}
    chosen = [names[name] for name, is_given in given.items() if is_given]
    if len(chosen) != 1:
        got = " and ".join(chosen) or "none"
        raise BadInputError(f"say what to check by one of {', '.join(names.values())}; got {got}")


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
