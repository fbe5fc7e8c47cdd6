"""Writes files for Checkov: for each subject a Terraform plan and manifests, and the Dockerfiles of its project."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from policies.checker import CheckerError, Subject
from policies.graph import Node, Source
from policies.manifests import Manifests, manifests_of
from policies.tfplan.plan import Plan, plan_of
from stacks.sessions.checkov.scan import Record

FACTS_FILE = "facts.txt"  # JSON, under a name that no runner of Checkov picks up
DOCKERFILES = "images/**/Dockerfile*"
NO_DOCKERFILES = (".j2", ".dockerignore")


@dataclass(frozen=True, kw_only=True)
class Target:
    """The resource or file that a name in Checkov's report refers to."""

    urn: str
    label: str
    source: Source | None

    @classmethod
    def of(cls, node: Node) -> "Target":
        return cls(urn=node.urn, label=f"{node.type.rsplit(':', 1)[-1]} {node.name}", source=node.source)


@dataclass(frozen=True, kw_only=True)
class RenderedSubject:
    """One subject's files in the scan's folder."""

    subject: Subject
    plan_file: Path
    manifest_file: Path
    plan: Plan
    manifests: Manifests

    def target(self, record: Record) -> Target:
        """The resource or file that a record is about.

        Raises:
            CheckerError: it names something that was not rendered.
        """
        if record.file == str(self.manifest_file):
            return Target.of(self.manifests.at(record.line))
        if record.resource in self.plan.nodes:
            return Target.of(self.plan.nodes[record.resource])
        if record.resource.startswith("aws."):  # a provider's configuration
            return Target(urn=self.subject.graph.nodes[0].urn, label=f"provider {record.resource}", source=None)
        raise CheckerError(f"its report names {record.resource}, which is not in the plan")


def render(subjects: Sequence[Subject], folder: Path) -> list[RenderedSubject]:
    """Writes the files of all subjects, and the facts they are checked against, into `folder`."""
    rendered = [_rendered(subject, folder, index) for index, subject in enumerate(subjects)]
    facts: Mapping[str, object] = {"files": {each.plan_file.name: each.subject.facts.to_json() for each in rendered}}
    (folder / FACTS_FILE).write_text(json.dumps(facts), encoding="utf-8")
    return rendered


def dockerfiles(subjects: Sequence[Subject]) -> list[Path]:
    """Dockerfiles of the images in the subjects' projects."""
    roots = dict.fromkeys(subject.root for subject in subjects)
    found = (path for root in roots for path in sorted(root.glob(DOCKERFILES)))
    return [path for path in found if path.suffix not in NO_DOCKERFILES]


def _rendered(subject: Subject, folder: Path, index: int) -> RenderedSubject:
    name = f"{index:03}-{''.join(letter if letter.isalnum() else '-' for letter in subject.stack)}"
    each = RenderedSubject(
        subject=subject,
        plan_file=folder / f"{name}.tfplan.json",
        manifest_file=folder / f"{name}.manifests.yaml",
        plan=plan_of(subject.graph),
        manifests=manifests_of(subject.graph),
    )
    each.plan_file.write_text(json.dumps(each.plan.document, indent=1), encoding="utf-8")
    each.manifest_file.write_text(each.manifests.text, encoding="utf-8")
    return each
