"""An image nobody scans brings its known weaknesses along."""

from policies.conditions import TRUE, Expectation
from policies.graph import UNKNOWN, Node
from policies.reading import MISSING, read
from policies.rule import Case, Requirement, Scope, Severity, supply_rule
from policies.rules._types import REPOSITORY
from policies.rules.supply._common import FRAMEWORKS

REGISTRY = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
FREQUENCIES = ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")


def _scans_all(registry: Node, repository: Node) -> bool:
    """Whether the registry of the repository's region scans whatever is pushed to it."""
    if registry.region != repository.region:
        return False
    for rule in read(registry.inputs, "rules[*]"):
        if rule.value is MISSING or rule.value is UNKNOWN or rule.value.get("scanFrequency") not in FREQUENCIES:
            continue
        if any(found.value == "*" for found in read(rule.value, "repositoryFilters[*].filter")):
            return True
    return False


def _registry_scans(node: Node, case: Case) -> bool:
    return any(_scans_all(each, node) for each in case.graph.of_type(REGISTRY))


RULE = supply_rule(
    id="registry-scan-on-push",
    title="Images are scanned when they are pushed",
    severity=Severity.MEDIUM,
    requirement=Requirement.SUPPLY_CHAIN,
    why="Images contain hundreds of packages, whose weaknesses must be known before they run.",
    remedy="set imageScanningConfiguration.scanOnPush, as components.storage.image_registry does",
    frameworks={**FRAMEWORKS, "CIS EKS": ("5.1.1",), "ISO 27001": ("A.8.8",)},
    scope=Scope.STACK,
    expects={
        REPOSITORY: (
            Expectation(
                "imageScanningConfiguration.scanOnPush", TRUE.because("the registry does not scan every repository")
            ),
        )
    },
    exempt=_registry_scans,
)
