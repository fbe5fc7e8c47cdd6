"""Runs Checkov as a checker of graphs. Its findings name the URN and the line that registered the resource."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from policies.catalogue import catalogue
from policies.checker import CHECKOV, ForeignRule, Judgement, Subject
from policies.checkov_ids import is_check, rule_id
from policies.graph import Source
from policies.rule import Case, Finding, Severity, Verdict, judge_all
from stacks.sessions.checkov.installation import Installation, OnProgress
from stacks.sessions.checkov.rendering import FACTS_FILE, RenderedSubject, Target, dockerfiles, render
from stacks.sessions.checkov.scan import Record, scan

NOT_RENDERED = "CKV_RENDERING"
"""Rule id of resources that Checkov could not be shown."""

SEVERITY = Severity.MEDIUM  # Checkov publishes severities on its platform only


@dataclass(frozen=True, kw_only=True)
class CheckovChecker:
    """Renders every subject, then runs Checkov once over all of it."""

    installation: Installation
    on_progress: OnProgress
    name: str = CHECKOV

    def judge(self, subjects: Sequence[Subject]) -> Sequence[Judgement]:
        python = self.installation.ready(self.on_progress)
        with TemporaryDirectory(prefix="codekeep-checkov-") as name:
            folder = Path(name).resolve()
            rendered = render(subjects, folder)
            images = dockerfiles(subjects)
            files = [file for each in rendered for file in (each.plan_file, each.manifest_file)]
            self.on_progress(f"Running Checkov over {len(rendered)} plans and {len(images)} Dockerfiles")
            records = scan(python, [*files, *images], folder, folder / FACTS_FILE)
        first = {each.subject.root: each for each in reversed(rendered)}  # reports the findings in its project's images
        return [_judgement(each, records, images if first[each.subject.root] is each else ()) for each in rendered]


def _judgement(rendered: RenderedSubject, records: Sequence[Record], images: Sequence[Path]) -> Judgement:
    targeted = [*_in_subject(rendered, records), *_in_images(rendered, records, images)]
    known = _known_to_our_rules(rendered.subject)
    findings = [
        _finding(record, target)
        for record, target in targeted
        if record.failed and (rule_id(record.check), target.urn) not in known
    ]
    return Judgement(
        findings=(*_not_rendered(rendered), *findings),
        judged=Counter(record.check for record, _ in targeted),
        foreign=tuple({record.check: _rule(record) for record, _ in targeted}.values()),
    )


def _in_subject(rendered: RenderedSubject, records: Iterable[Record]) -> list[tuple[Record, Target]]:
    files = {str(rendered.plan_file), str(rendered.manifest_file)}
    return [(record, rendered.target(record)) for record in records if record.file in files]


def _in_images(
    rendered: RenderedSubject, records: Iterable[Record], images: Sequence[Path]
) -> list[tuple[Record, Target]]:
    """Dockerfiles have no URN: their path in the project takes its place."""
    root = rendered.subject.root
    paths = {str(path): path.relative_to(root).as_posix() for path in images if path.is_relative_to(root)}

    def target(record: Record) -> Target:
        path = paths[record.file]
        return Target(urn=f"file:{path}", label=path, source=Source(file=path, line=record.line))

    return [(record, target(record)) for record in records if record.file in paths]


def _known_to_our_rules(subject: Subject) -> set[tuple[str | None, str]]:
    """Rule and URN of what our own rules report already: as Checkov checks the same rules would repeat it."""
    rules = [rule for rule in catalogue() if is_check(rule)]
    return {(each.rule, each.urn) for each in judge_all(rules, Case(facts=subject.facts, graph=subject.graph))}


def _finding(record: Record, target: Target) -> Finding:
    return Finding(
        rule=record.check,
        verdict=Verdict.VIOLATION,
        severity=SEVERITY,
        urn=target.urn,
        property=next((key.replace("/", ".") for key in record.keys if key), ""),
        message=_message(record, target),
        source=target.source,
    )


def _message(record: Record, target: Target) -> str:
    if rule_id(record.check):
        return "; ".join(record.details)  # our own rules name the resource and the remedy
    more = f" ({record.guideline})" if record.guideline else ""
    return f"{target.label}: {record.title}{more}"


def _rule(record: Record) -> ForeignRule:
    return ForeignRule(
        id=record.check, title=record.title, tool="Checkov", severity=SEVERITY, guideline=record.guideline
    )


def _not_rendered(rendered: RenderedSubject) -> list[Finding]:
    return [
        Finding(
            rule=NOT_RENDERED,
            verdict=Verdict.UNDECIDED,
            severity=SEVERITY,
            urn=node.urn,
            property="",
            message=f"{node.type} {node.name} has no rendering that Checkov reads, so none of its checks saw it",
            source=node.source,
        )
        for node in (*rendered.plan.unmapped, *rendered.manifests.unmapped)
    ]
