"""A name of another keep in this one is a door between them, or a mistake that opens one."""

import re
from collections.abc import Iterator

from policies.documents import documents
from policies.graph import UNKNOWN, Node
from policies.graph.values import texts_in
from policies.regions import arns_in
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Severity, tenancy_rule
from policies.rules.tenancy._tiers import is_pooled

TAG = "codekeep:tenant"
NAMES = ("name", "namePrefix", "bucket", "bucketPrefix", "analyzerName", "domainName", "identifier")
OURS = re.compile(r"(?:^|[/:])(?:alias/)?/?codekeep[-/]([a-z][a-z0-9-]*)")
SHARED = frozenset({"system"})  # the namespace codekeep-system: operators of the cluster
PLATFORM_SERVICES = frozenset({"eks", "es"})  # what a pooled keep refers to on its platform

RULE = tenancy_rule(
    id="tenant-names",
    title="No resource, policy or tag names another keep",
    severity=Severity.HIGH,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.ISOLATION,
    why="Keeps are distinguished by name: a resource or grant with another's name works on another's code.",
    remedy="derive the name from the keep, by Keep.physical and Keep.global_name of components.naming",
    frameworks={"SOC 2": ("CC6.1", "C1.1"), "ISO 27001": ("A.5.9", "A.5.23", "A.8.3")},
    exempt=lambda node, case: not case.facts.tenant or node.package not in ("aws", "kubernetes"),
)


@RULE.check
def no_other_keep(node: Node, case: Case) -> Iterator[Finding]:
    yield from _unknown(node)
    for path, text in texts_in(node.inputs):
        if path.endswith(TAG):
            others = [text] if text != case.facts.tenant else []
        elif path in NAMES:
            others = _others(text, case)
        else:
            others = [*_in_arns(text, case), *_in_tag_conditions(text, case)]
        for other in dict.fromkeys(others):
            yield RULE.violation(node, path, f"names {other}, which is not of the keep {case.facts.tenant}")


def _unknown(node: Node) -> Iterator[Finding]:
    for name in NAMES:
        if node.inputs.get(name) is UNKNOWN:
            yield RULE.undecided(node, name)
    for document in documents(node):
        if document.statements is None:
            yield RULE.undecided(node, document.path)


def _others(text: str, case: Case) -> list[str]:
    """Names in a text that are neither `codekeep-<tenant>` nor begin so."""
    own = case.facts.tenant
    return [
        name for name in OURS.findall(text) if name not in SHARED and name != own and not name.startswith(f"{own}-")
    ]


def _in_arns(text: str, case: Case) -> list[str]:
    if "codekeep" not in text:
        return []
    if case.facts.deployer_role_arn:
        text = text.replace(case.facts.deployer_role_arn, "")
    platform = PLATFORM_SERVICES if is_pooled(case.facts) else frozenset()
    return [
        other for arn in arns_in(text) if arn.service not in platform for other in _others(f":{arn.resource}", case)
    ]


def _in_tag_conditions(text: str, case: Case) -> list[str]:
    found = re.findall(rf'Tag/{TAG}"\s*:\s*\[?\s*"([^"]*)"', text) if TAG in text else []
    return [tenant for tenant in found if tenant != case.facts.tenant]
