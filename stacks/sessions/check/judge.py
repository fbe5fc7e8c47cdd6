"""Judges one source by our own rules, in this process or in a worker."""

from dataclasses import dataclass, replace

from codekeep_contracts.faults import Fault

from policies.catalogue import catalogue
from policies.checker import Judgement, Subject, judge_by_rules
from policies.report import UnjudgedStack
from stacks.sessions.check.sources import LiveSource, Source


@dataclass(frozen=True, kw_only=True)
class JudgedSource:
    """A source's graph and the findings of our rules in it."""

    subject: Subject
    own: Judgement


def judge_source(source: Source) -> JudgedSource | UnjudgedStack:
    """Returns what our rules find, or the reason where the source gives no graph, so that other stacks are still
    judged.
    """
    try:
        subject = source.subject()
        if not isinstance(source, LiveSource):
            return JudgedSource(subject=subject, own=judge_by_rules(subject, catalogue()))
        account = source.account(subject.facts)
    except Fault as fault:
        return UnjudgedStack(stack=source.stack, message=str(fault))
    from policies.live.judge import judge_live

    live = judge_live(subject, account, catalogue())
    return JudgedSource(subject=replace(subject, graph=live.graph), own=live.judgement)
