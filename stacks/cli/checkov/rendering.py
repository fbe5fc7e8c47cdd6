"""What Checkov reads: for each subject a Terraform plan and manifests, and the Dockerfiles of its project."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from policies.checker import CheckerError, Subject
from policies.graph import Node, Source
from policies.manifests import Manifests, manifests_of
from policies.tfplan.plan import Plan, plan_of
from stacks.cli.checkov.scan import Record

FACTS_FILE = "facts.txt"  # JSON, under a name that no runner of Checkov takes for its own
DOCKERFILES = "images/**/Dockerfile*"
NO_DOCKERFILES = (".j2", ".dockerignore")


@dataclass(frozen=True, kw_only=True)
class Place:
    """What a name in Checkov's report is."""

    urn: str
    label: str
    source: Source | None

    @classmethod
    def of(cls, node: Node) -> "Place":
        return cls(urn=node.urn, label=f"{node.type.rsplit(':', 1)[-1]} {node.name}", source=node.source)


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """One subject's files in the scan's folder."""

    subject: Subject
    plan_file: Path
    manifest_file: Path
    plan: Plan
    manifests: Manifests

    @property
    def unmapped(self) -> Sequence[Node]:
        return [*self.plan.unmapped, *self.manifests.unmapped]

    def place(self, record: Record) -> Place:
        """The place of a record; CheckerError where it names something that was not rendered."""
        if record.file == str(self.manifest_file):
            return Place.of(self.manifests.at(record.line))
        if record.resource in self.plan.nodes:
            return Place.of(self.plan.nodes[record.resource])
        if record.resource.startswith("aws."):  # a provider's configuration
            return Place(urn=self.subject.graph.nodes[0].urn, label=f"provider {record.resource}", source=None)
        raise CheckerError(f"its report names {record.resource}, which the plan does not hold")


def render(subjects: Sequence[Subject], folder: Path) -> list[Rendered]:
    """Writes everything into `folder`."""
    rendered = [_rendered(subject, folder, index) for index, subject in enumerate(subjects)]
    facts: Mapping[str, object] = {"files": {each.plan_file.name: each.subject.facts.to_json() for each in rendered}}
    (folder / FACTS_FILE).write_text(json.dumps(facts), encoding="utf-8")
    return rendered


def dockerfiles(subjects: Sequence[Subject]) -> list[Path]:
    """The images' Dockerfiles of the projects that the subjects are of."""
    roots = dict.fromkeys(subject.root for subject in subjects)
    found = (path for root in roots for path in sorted(root.glob(DOCKERFILES)))
    return [path for path in found if path.suffix not in NO_DOCKERFILES]


def _rendered(subject: Subject, folder: Path, index: int) -> Rendered:
    name = f"{index:03}-{''.join(letter if letter.isalnum() else '-' for letter in subject.stack)}"
    each = Rendered(
        subject=subject,
        plan_file=folder / f"{name}.tfplan.json",
        manifest_file=folder / f"{name}.manifests.yaml",
        plan=plan_of(subject.graph),
        manifests=manifests_of(subject.graph),
    )
    each.plan_file.write_text(json.dumps(each.plan.document, indent=1), encoding="utf-8")
    each.manifest_file.write_text(each.manifests.text, encoding="utf-8")
    return each
