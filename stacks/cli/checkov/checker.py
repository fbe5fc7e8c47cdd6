"""Checkov as a checker of graphs: its findings lead to the URN and the line that registered the resource."""

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
from stacks.cli.checkov.installation import Installation, Say
from stacks.cli.checkov.rendering import FACTS_FILE, Place, Rendered, dockerfiles, render
from stacks.cli.checkov.scan import Record, scan

NOT_RENDERED = "CKV_RENDERING"
"""Rule id of what Checkov could not be shown."""

SEVERITY = Severity.MEDIUM  # Checkov grades its checks on its platform only


@dataclass(frozen=True, kw_only=True)
class CheckovChecker:
    """Renders every subject, runs Checkov once over all of it."""

    installation: Installation
    say: Say
    name: str = CHECKOV

    def judge(self, subjects: Sequence[Subject]) -> Sequence[Judgement]:
        python = self.installation.ready(self.say)
        with TemporaryDirectory(prefix="codekeep-checkov-") as name:
            folder = Path(name).resolve()
            rendered = render(subjects, folder)
            images = dockerfiles(subjects)
            files = [file for each in rendered for file in (each.plan_file, each.manifest_file)]
            self.say(f"Running Checkov over {len(rendered)} plans and {len(images)} Dockerfiles")
            records = scan(python, [*files, *images], folder, folder / FACTS_FILE)
        first = {each.subject.root: each for each in reversed(rendered)}  # says what its project's images come to
        return [_judgement(each, records, images if first[each.subject.root] is each else ()) for each in rendered]


def _judgement(rendered: Rendered, records: Sequence[Record], images: Sequence[Path]) -> Judgement:
    placed = [*_of_subject(rendered, records), *_of_images(rendered, records, images)]
    told = _told_by_our_rules(rendered.subject)
    findings = [
        _finding(record, place)
        for record, place in placed
        if record.failed and (rule_id(record.check), place.urn) not in told
    ]
    return Judgement(
        findings=(*_not_rendered(rendered), *findings),
        judged=Counter(record.check for record, _ in placed),
        foreign=tuple({record.check: _rule(record) for record, _ in placed}.values()),
    )


def _of_subject(rendered: Rendered, records: Iterable[Record]) -> list[tuple[Record, Place]]:
    files = {str(rendered.plan_file), str(rendered.manifest_file)}
    return [(record, rendered.place(record)) for record in records if record.file in files]


def _of_images(rendered: Rendered, records: Iterable[Record], images: Sequence[Path]) -> list[tuple[Record, Place]]:
    """Dockerfiles have no URN: their path in the project stands for it."""
    root = rendered.subject.root
    own = {str(path): path.relative_to(root).as_posix() for path in images if path.is_relative_to(root)}
    return [
        (
            record,
            Place(
                urn=f"file:{own[record.file]}",
                label=own[record.file],
                source=Source(file=own[record.file], line=record.line),
            ),
        )
        for record in records
        if record.file in own
    ]


def _told_by_our_rules(subject: Subject) -> set[tuple[str | None, str]]:
    """Rule and URN of what our own rules report already: as a Checkov check the same rule would say it again."""
    rules = [rule for rule in catalogue() if is_check(rule)]
    return {(each.rule, each.urn) for each in judge_all(rules, Case(facts=subject.facts, graph=subject.graph))}


def _finding(record: Record, place: Place) -> Finding:
    return Finding(
        rule=record.check,
        verdict=Verdict.VIOLATION,
        severity=SEVERITY,
        urn=place.urn,
        property=next((key.replace("/", ".") for key in record.keys if key), ""),
        message=_message(record, place),
        source=place.source,
    )


def _message(record: Record, place: Place) -> str:
    if rule_id(record.check):
        return "; ".join(record.details)  # ours name the resource and the remedy themselves
    more = f" ({record.guideline})" if record.guideline else ""
    return f"{place.label}: {record.title}{more}"


def _rule(record: Record) -> ForeignRule:
    return ForeignRule(
        id=record.check, title=record.title, tool="Checkov", severity=SEVERITY, guideline=record.guideline
    )


def _not_rendered(rendered: Rendered) -> list[Finding]:
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
        for node in rendered.unmapped
    ]
