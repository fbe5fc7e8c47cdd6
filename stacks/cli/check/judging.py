"""One source judged by our rules: what a worker does, and what a run of one stack does by itself."""

from dataclasses import dataclass

import click

from policies.catalogue import catalogue
from policies.checker import Judgement, Subject, judge_by_rules
from policies.report import Fault
from stacks.cli.check.sources import Source


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A subject and what our rules say of it."""

    subject: Subject
    own: Judgement


def judged(source: Source) -> Judged | Fault:
    """A source that gives no graph is a fault: it is told, and the other stacks are judged all the same."""
    try:
        subject = source.subject()
    except click.ClickException as error:
        return Fault(stack=source.stack, message=error.message)
    return Judged(subject=subject, own=judge_by_rules(subject, catalogue()))
