"""Registers every rule that decides from one resource as a Checkov check, for Terraform files and plans.

Runs inside Checkov, where Pulumi is not installed. CODEKEEP_ALLOWED_REGIONS (`eu-central-1,eu-west-1`) says where data
may be; CODEKEEP_FACTS names a JSON file with the complete agreement, or one agreement per plan.
"""

import json
import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

# Checkov puts only this folder on the path.
sys.path.append(str(Path(__file__).resolve().parents[2]))
sys.path.append(str(Path(__file__).resolve().parents[2] / "contracts"))

from policies.catalogue import catalogue
from policies.checkov_ids import check_id, is_check, numbers
from policies.facts import CONFIG_REGIONS, Facts
from policies.graph import Node, ResourceGraph
from policies.rule import ANY_RESOURCE, Case, Family, Rule, Verdict
from policies.tfplan.conf import node_of
from policies.tfplan.names import snake
from policies.tfplan.table import type_of_token

REGIONS_VARIABLE = "CODEKEEP_ALLOWED_REGIONS"
FACTS_VARIABLE = "CODEKEEP_FACTS"
UNSAID = Facts.of({CONFIG_REGIONS: "no-region"})
"""Used where no agreement is given: rules that need one do not judge."""

CATEGORIES = {
    Family.LOGGING: CheckCategories.LOGGING,
    Family.ENCRYPTION: CheckCategories.ENCRYPTION,
    Family.NETWORK: CheckCategories.NETWORKING,
    Family.IDENTITY: CheckCategories.IAM,
    Family.SUPPLY: CheckCategories.SUPPLY_CHAIN,
    Family.DATA_LIFE: CheckCategories.BACKUP_AND_RECOVERY,
    Family.KUBERNETES: CheckCategories.KUBERNETES,
}


class KeepCheck(BaseResourceCheck):  # type: ignore[misc] # Checkov is not where types are checked
    """One rule of ours as a check of a single Terraform resource."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        types = [type_of_token(token) for token in rule.applies_to]
        super().__init__(
            name=rule.title,
            id=check_id(rule),
            categories=[CATEGORIES.get(rule.family, CheckCategories.GENERAL_SECURITY)],
            supported_resources=(
                ["aws_*"] if ANY_RESOURCE in rule.applies_to else sorted({type_.name for type_ in types if type_})
            ),
            guideline=rule.remedy,
        )

    def scan_resource_conf(self, conf: Mapping[str, Any]) -> Any:
        """FAILED on a violation, UNKNOWN where the rule cannot decide, otherwise PASSED."""
        path, _, name = self.entity_path.rpartition(":")
        file = Path(path.rpartition(":")[0]).name
        facts = _facts(file)
        node = node_of(self.entity_type, name, conf, _region(conf, file, self.graph))
        if node is None or not self._agreed(facts):
            return CheckResult.UNKNOWN
        return self._judged(node, facts)

    def _agreed(self, facts: Facts) -> bool:
        """Whether the agreement says what the rule needs to know."""
        if self._rule.family is Family.REGION_LOCK:
            return facts is not UNSAID
        return self._rule.family is not Family.TENANCY or bool(facts.tenant)

    def _judged(self, node: Node, facts: Facts) -> Any:
        graph = ResourceGraph(project="terraform", stack="terraform", nodes=(node,))
        findings = list(self._rule.judge(node, Case(facts=facts, graph=graph)))
        violations = [finding for finding in findings if finding.verdict is Verdict.VIOLATION]
        if violations:
            self.evaluated_keys = [snake(finding.property) for finding in violations]
            self.details = [finding.message for finding in violations]
            return CheckResult.FAILED
        return CheckResult.UNKNOWN if findings else CheckResult.PASSED


@cache
def _facts(file: str) -> Facts:
    """The agreement that the resources of a file are judged against."""
    if given := os.environ.get(FACTS_VARIABLE):
        document = json.loads(Path(given).read_text(encoding="utf-8"))
        return Facts.from_json(document.get("files", {}).get(file, document))
    regions = os.environ.get(REGIONS_VARIABLE)
    return Facts.of({CONFIG_REGIONS: regions}) if regions else UNSAID


def _vertices(graph: Any) -> list[Mapping[str, Any]]:
    """The attributes of all vertices: Checkov's graph may be networkx's or rustworkx's."""
    if graph is None:
        return []
    if hasattr(graph, "adjacency"):
        return [attributes for _, attributes in graph.nodes(data=True)]
    return [attributes for _, attributes in graph.nodes()]


class Regions:
    """Regions of the providers in Checkov's graph, by file and address; made once for each graph."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph
        self._found: dict[tuple[str, str], str] = {}
        for vertex in _vertices(graph):
            region = vertex.get("region")
            region = region[0] if isinstance(region, list) and region else region
            known = isinstance(region, str) and "." not in region and "$" not in region
            if vertex.get("block_type_") == "provider" and known:
                self._found[Path(str(vertex.get("file_path_"))).name, str(vertex.get("__address__"))] = str(region)

    def of(self, file: str, address: Any) -> str | None:
        """A provider may be in another file than its resources, but several plans may each have one of its name."""
        if (file, address) in self._found:
            return self._found[file, address]
        if address is None:  # Checkov does not give it for a plan's resources
            possible = {region for (where, _), region in self._found.items() if where == file}
        else:
            possible = {region for (_, named), region in self._found.items() if named == address}
        return possible.pop() if len(possible) == 1 else None


_regions = Regions(None)


def _region(conf: Mapping[str, Any], file: str, graph: Any) -> str | None:
    """The region of the resource's provider, where the scanned files say it."""
    global _regions  # noqa: PLW0603 - one graph after the other
    if _regions.graph is not graph:
        _regions = Regions(graph)
    return _regions.of(file, conf.get("__provider_address__"))


CHECKS = [KeepCheck(rule) for rule in catalogue() if is_check(rule) and rule.id in numbers()]
