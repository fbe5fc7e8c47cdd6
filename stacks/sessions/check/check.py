"""Checks sources under waivers, with our rules and with other checkers."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from codekeep_contracts.faults import UsageFault

from policies.catalogue import catalogue
from policies.checker import LIVE, OWN, Checker, CheckerError, Judgement
from policies.report import Report, Run, UnjudgedStack, report_of, run_of
from policies.waivers import Coverage, Waiver, WaiverError, load_waivers
from stacks.project import Project
from stacks.sessions.check.judge import JudgedSource, judge_source
from stacks.sessions.check.sources import Source, StackSource

WAIVER_FILE = Path("policies") / "waivers.yaml"
Result = JudgedSource | UnjudgedStack


def check(
    sources: Sequence[Source],
    *,
    waivers: Sequence[Waiver] = (),
    known_stacks: Collection[str] = (),
    checkers: Sequence[Checker] = (),
    on_judged: Callable[[str, Result, int], None] = lambda *_: None,
) -> Run:
    """Judges all sources. Without any source the run is clean, whatever the waivers are.

    Args:
        known_stacks: all stacks there are, so that the waiver of another stack is not called unused.
        checkers: judge beside our own rules.
        on_judged: called with stack, result and the number judged so far, where several stacks are judged.

    Raises:
        UsageFault: a checker cannot judge at all.
    """
    if not sources:
        return Run(reports=())
    results = _results(sources, on_judged)
    judged_ones = [each for each in results if isinstance(each, JudgedSource)]
    findings = _with_checkers(judged_ones, checkers)
    now = today()
    reports = [
        report_of(each.subject, catalogue(), judgements, waivers, now)
        for each, judgements in zip(judged_ones, findings, strict=True)
    ]
    coverage = Coverage(
        judged=frozenset(each.stack for each in reports),
        known=frozenset(known_stacks),
        checkers=frozenset({OWN, *(checker.name for checker in checkers), *_live_checker(reports)}),
    )
    unjudged = [each for each in results if isinstance(each, UnjudgedStack)]
    return run_of(reports, unjudged, waivers, today=now, coverage=coverage)


def waivers_of(project: Project | None, file: Path | None = None) -> tuple[Waiver, ...]:
    """The waivers in a file; without one, those of the project's policies/waivers.yaml, if it has any.

    Raises:
        UsageFault: the file has faults.
    """
    if file is None and project is not None and (project.root / WAIVER_FILE).is_file():
        file = project.root / WAIVER_FILE
    try:
        return load_waivers(file, today()) if file is not None else ()
    except WaiverError as error:
        raise UsageFault(str(error)) from error


def today() -> date:
    return datetime.now(UTC).date()


def _results(sources: Sequence[Source], on_judged: Callable[[str, Result, int], None]) -> Sequence[Result]:
    stacks = [source for source in sources if isinstance(source, StackSource)]
    if len(stacks) < 2:
        return [judge_source(source) for source in sources]
    from stacks.sessions.check.pool import judge_in_parallel

    return judge_in_parallel(stacks[0].recorder.project, [source.stack for source in stacks], on_judged)


def _live_checker(reports: Sequence[Report]) -> set[str]:
    """The live comparison, where all stacks were judged live."""
    return {LIVE} if reports and all(any(rule.tool == LIVE for rule in each.foreign) for each in reports) else set()


def _with_checkers(judged_ones: Sequence[JudgedSource], checkers: Sequence[Checker]) -> list[list[Judgement]]:
    """Judgements of each subject: that of our rules, then one of each checker."""
    judgements = [[each.own] for each in judged_ones]
    subjects = [each.subject for each in judged_ones]
    for checker in checkers if subjects else ():
        try:
            for each, judgement in zip(judgements, checker.judge(subjects), strict=True):
                each.append(judgement)
        except CheckerError as error:
            raise UsageFault(f"{checker.name} could not judge: {error}") from error
    return judgements
