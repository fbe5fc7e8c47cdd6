"""From sources to a run: judge, let the other checkers judge, sort the waived out."""

from collections.abc import Collection, Sequence
from datetime import date

from policies.catalogue import catalogue
from policies.checker import LIVE, OWN, Checker, CheckerError, Judgement
from policies.report import Report, Run, UnjudgedStack, report_of, run_of
from policies.waivers import Coverage, Waiver
from stacks.cli.check.judging import Judged
from stacks.cli.errors import BadInputError


def concluded(
    results: Sequence[Judged | UnjudgedStack],
    *,
    checkers: Sequence[Checker],
    waivers: Sequence[Waiver],
    known: Collection[str],
    today: date,
) -> Run:
    """The run's verdict. `known` are all stacks there are, so that a waiver of another is not called unused.

    Raises:
        BadInputError: a checker could not judge at all.
    """
    whole = [each for each in results if isinstance(each, Judged)]
    faults = [each for each in results if isinstance(each, UnjudgedStack)]
    judgements = [[each.own, *others] for each, others in zip(whole, _others(whole, checkers), strict=True)]
    reports = [
        report_of(each.subject, catalogue(), said, waivers, today) for each, said in zip(whole, judgements, strict=True)
    ]
    coverage = Coverage(
        judged=frozenset(report.stack for report in reports),
        known=frozenset(known),
        checkers=frozenset({OWN, *(checker.name for checker in checkers), *_comparisons(reports)}),
    )
    return run_of(reports, faults, waivers, today=today, coverage=coverage)


def _comparisons(reports: Sequence[Report]) -> set[str]:
    """The live comparison, where all stacks were judged live."""
    return {LIVE} if reports and all(any(rule.tool == LIVE for rule in report.foreign) for report in reports) else set()


def _others(judged: Sequence[Judged], checkers: Sequence[Checker]) -> list[list[Judgement]]:
    """For each stack, what every further checker says."""
    if not judged:
        return []
    subjects = [each.subject for each in judged]
    said: list[Sequence[Judgement]] = []
    for checker in checkers:
        try:
            said.append(checker.judge(subjects))
        except CheckerError as error:
            raise BadInputError(f"{checker.name} could not judge: {error}") from error
    return [[each[index] for each in said] for index in range(len(subjects))]
