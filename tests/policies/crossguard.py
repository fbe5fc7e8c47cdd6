"""A separate project, deployed with the pack, and the findings of `check` on the same stack."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from policies.catalogue import catalogue
from policies.checker import Subject
from policies.crossguard.pack import message_of
from policies.facts import Facts
from policies.graph import ResourceGraph
from policies.graph.checkpoint import from_checkpoint
from policies.rule import Finding
from tests.cli.conftest import Keep, Ran
from tests.policies.checks import check

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "policies" / "crossguard"
CONFIG = {"codekeep:allowedRegions": "eu-central-1,eu-west-1", "aws:region": "eu-central-1"}
UNDECIDED = "cannot be decided"

Told = tuple[str, str, str]
"""Rule, URN and message: the property is in the message."""


def today() -> date:
    return datetime.now(UTC).date()


def keep_in(folder: Path, **environment: str) -> Keep:
    """A project folder whose commands see nothing of this process's sandbox or engine."""
    hidden = ("AWS_", "CODEKEEP_", "PULUMI_")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(hidden)}
    return Keep(folder, {**inherited, **environment})


def write_project(keep: Keep, program: str, runtime: object = "python") -> None:
    """One stack `dev` of the program, with the regions it may use."""
    (keep.root / "Pulumi.yaml").write_text(json.dumps({"name": "shop", "runtime": runtime, "main": "program"}))
    (keep.root / "program").mkdir()
    (keep.root / "program" / "__main__.py").write_text(program)
    (keep.root / "Pulumi.dev.yaml").write_text(json.dumps({"config": CONFIG}))


def pack_options(keep: Keep, settings: Mapping[str, object] | None = None) -> list[str]:
    """The command line's options for the pack."""
    if settings is None:
        return ["--policy-pack", str(PACK)]
    file = keep.root / "pack.json"
    file.write_text(json.dumps(settings))
    return ["--policy-pack", str(PACK), "--policy-pack-config", str(file)]


def violations(ran: Ran) -> list[dict[str, Any]]:
    return [each for each in ran.documents if each["event"] == "policy-violation"]


def reported_by_pack(events: Iterable[Mapping[str, Any]]) -> Counter[Told]:
    return Counter((event["policy"], event["urn"], event["message"]) for event in events)


def reported_by_check(graph: ResourceGraph, facts: Facts) -> Counter[Told]:
    """The findings of `check` on the graph, in the form of the pack."""
    return Counter((finding.rule, finding.urn, message_of(finding)) for finding in findings(graph, facts))


def findings(graph: ResourceGraph, facts: Facts) -> tuple[Finding, ...]:
    run = check(Subject(graph=graph, facts=facts, root=ROOT), catalogue(), today=today())
    return run.reports[0].outcome.open


def state_of(keep: Keep, project: str, stack: str) -> ResourceGraph:
    """The graph of what is deployed."""
    file = keep.home / "state" / ".pulumi" / "stacks" / project / f"{stack}.json"
    return from_checkpoint(json.loads(file.read_text()))
