"""One source judged by our rules: what a worker does, and what a run of one stack does by itself."""

from dataclasses import dataclass, replace

import click

from policies.catalogue import catalogue
from policies.checker import Judgement, Subject, judge_by_rules
from policies.report import UnjudgedStack
from stacks.cli.check.live_source import LiveSource
from stacks.cli.check.sources import Source


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A subject and what our rules say of it."""

    subject: Subject
    own: Judgement


def judged(source: Source) -> Judged | UnjudgedStack:
    """A source that gives no graph is a fault: it is told, and the other stacks are judged all the same."""
    try:
        subject = source.subject()
        if isinstance(source, LiveSource):
            return _judged_live(source, subject)
    except click.ClickException as error:
        return UnjudgedStack(stack=source.stack, message=error.message)
    return Judged(subject=subject, own=judge_by_rules(subject, catalogue()))


def _judged_live(source: LiveSource, state: Subject) -> Judged:
    from policies.live.judge import judge_live

    live = judge_live(state, source.account(state.facts), catalogue())
    return Judged(subject=replace(state, graph=live.graph), own=live.judgement)
