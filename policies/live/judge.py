"""Judges the account by our rules, and by its comparison with the state."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from policies.checker import LIVE, ForeignRule, Judgement, Subject, judge_by_rules
from policies.graph import Node, ResourceGraph
from policies.graph.build import graph_of
from policies.live.account import Account
from policies.live.overlay import Live, overlaid
from policies.live.strays import Stray, stray_resources, stray_rules
from policies.rule import Finding, Rule, Severity, Verdict

MISSING = ForeignRule(
    id="live-missing", title="Resources of the state exist in the account", tool=LIVE, severity=Severity.HIGH
)
STRAY = ForeignRule(
    id="live-stray", title="What carries the tenant's tag is in the state", tool=LIVE, severity=Severity.HIGH
)
UNREAD = ForeignRule(
    id="live-unread", title="Every resource can be read from the account", tool=LIVE, severity=Severity.MEDIUM
)


@dataclass(frozen=True, kw_only=True)
class LiveJudgement:
    """The live graph and the findings on it."""

    graph: ResourceGraph
    judgement: Judgement


def judge_live(state: Subject, account: Account, rules: Sequence[Rule]) -> LiveJudgement:
    """Reads the account and judges it. A violation that only what could not be read would settle is undecided."""
    live = overlaid(state.graph, account)
    rule_nodes = list(stray_rules(live.assumed, account))
    strays = (
        list(stray_resources(state.graph, state.facts.tenant, _regions(state), account)) if state.facts.tenant else []
    )
    read = replace(state, graph=_with(live.graph, rule_nodes, account))
    assumed = replace(state, graph=_with(live.assumed, rule_nodes, account))
    own = judge_by_rules(read, rules)
    settled = {(each.rule, each.urn) for each in judge_by_rules(assumed, rules).findings}
    sure = (_as_sure(each, settled) for each in own.findings)
    findings = [*_once(sure, live), *_comparison(live, rule_nodes, strays, state)]
    counts = {MISSING.id: len(state.graph.resources), STRAY.id: len(state.graph.resources)}
    judged = {**own.judged, **counts, UNREAD.id: len(live.graph.resources)}
    judgement = Judgement(findings=tuple(findings), judged=judged, foreign=(MISSING, STRAY, UNREAD))
    return LiveJudgement(graph=read.graph, judgement=judgement)


def _regions(state: Subject) -> frozenset[str]:
    return state.facts.allowed_regions | {node.region for node in state.graph if node.region}


def _with(graph: ResourceGraph, nodes: Iterable[Node], account: Account) -> ResourceGraph:
    return graph_of(graph.project, graph.stack, [*graph, *nodes], account.region)


def _as_sure(finding: Finding, settled: set[tuple[str, str]]) -> Finding:
    if finding.verdict is Verdict.UNDECIDED or (finding.rule, finding.urn) in settled:
        return finding
    reason = "it depends on what could not be read from the account"
    return replace(finding, verdict=Verdict.UNDECIDED, message=f"{finding.message}; cannot be decided: {reason}")


def _once(findings: Iterable[Finding], live: Live) -> Iterator[Finding]:
    """Keeps one undecided finding of each rule for a resource that could not be read, not one for every property."""
    unread = {each.node.urn for each in live.unread}
    seen: set[tuple[str, str]] = set()
    for finding in findings:
        key = (finding.rule, finding.urn)
        if finding.urn not in unread or finding.verdict is not Verdict.UNDECIDED or key not in seen:
            yield finding
        seen.add(key)


def _comparison(live: Live, rules: Iterable[Node], strays: Iterable[Stray], state: Subject) -> Iterator[Finding]:
    for node in live.gone:
        message = f"{_named(node)} ({node.id}) is in the state and not in the account; run codekeep up"
        yield MISSING.finding(node.urn, message, Verdict.VIOLATION, node.source)
    for node in rules:
        message = (
            f"{_named(node)} was added to the account behind the state's back; remove it or write it into the program"
        )
        yield STRAY.finding(node.urn, message, Verdict.VIOLATION, node.source)
    for unread in live.unread:
        node, reason = unread.node, " ".join(unread.reason.split())[:200]
        yield UNREAD.finding(node.urn, f"{_named(node)} cannot be read: {reason}", Verdict.UNDECIDED, node.source)
    for stray in strays:
        urn = f"urn:pulumi:{state.stack}::{state.graph.project}::live::{stray.arn}"
        message = f"{stray.arn} carries the tag of {state.facts.tenant} and is not in the state; import it or remove it"
        yield STRAY.finding(urn, message, Verdict.VIOLATION)


def _named(node: Node) -> str:
    return f"{node.type.rsplit(':', 1)[-1]} {node.name}"
