"""An image nobody scans brings its known holes along."""

from collections.abc import Iterator

from policies.graph import UNKNOWN, Node
from policies.reading import MISSING, first, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.supply._common import FRAMEWORKS

REPOSITORY = "aws:ecr/repository:Repository"
REGISTRY = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
PATH = "imageScanningConfiguration.scanOnPush"
FREQUENCIES = ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")
EVERY_NAME = "*"

RULE = Rule(
    id="registry-scan-on-push",
    title="Images are scanned when they are pushed",
    severity=Severity.MEDIUM,
    family=Family.SUPPLY,
    applies_to=(REPOSITORY,),
    requirement=Requirement.SUPPLY_CHAIN,
    why="Images hold hundreds of packages: what is known of them must be known before they run.",
    remedy="set imageScanningConfiguration.scanOnPush, as components.storage.image_registry does",
    frameworks={**FRAMEWORKS, "CIS EKS": ("5.1.1",), "ISO 27001": ("A.8.8",)},
    scope=Scope.STACK,
)


@RULE.check
def scanned(node: Node, case: Case) -> Iterator[Finding]:
    if first(node.inputs, PATH) is True or any(_scans_all(each, node) for each in case.graph.of_type(REGISTRY)):
        return
    yield from RULE.require(
        node, PATH, lambda value: value is True, "must be true, unless the registry scans every repository"
    )


def _scans_all(registry: Node, repository: Node) -> bool:
    """Whether the registry of the repository's region scans whatever is pushed to it."""
    if registry.region != repository.region:
        return False
    for rule in read(registry.inputs, "rules[*]"):
        if rule.value is MISSING or rule.value is UNKNOWN or rule.value.get("scanFrequency") not in FREQUENCIES:
            continue
        if any(found.value == EVERY_NAME for found in read(rule.value, "repositoryFilters[*].filter")):
            return True
    return False
