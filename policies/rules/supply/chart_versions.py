"""A chart without a version installs what its repository holds on the day."""

import re
from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.supply._common import FRAMEWORKS

RELEASE = "kubernetes:helm.sh/v3:Release"
CHART = "kubernetes:helm.sh/v4:Chart"
_VERSION = re.compile(r"^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$")
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
_LOCAL = ("./", "../", "/")

RULE = Rule(
    id="chart-versions",
    title="Every Helm chart is one exact version",
    severity=Severity.HIGH,
    family=Family.SUPPLY,
    applies_to=(RELEASE, CHART),
    requirement=Requirement.SUPPLY_CHAIN,
    why="A chart decides what runs and with which rights; a range or none lets its repository decide that anew.",
    remedy="set version to an exact one, or name an OCI chart by digest",
    frameworks=FRAMEWORKS,
)


@RULE.check
def exact(node: Node, _: Case) -> Iterator[Finding]:
    chart = first(node.inputs, "chart")
    if isinstance(chart, str) and (chart.startswith(_LOCAL) or _DIGEST.search(chart)):
        return
    yield from RULE.require(
        node, "version", lambda version: _VERSION.match(str(version)) is not None, "must be one exact version"
    )
    if first(node.inputs, "devel") not in (MISSING, False):
        yield RULE.violation(node, "devel", "takes development versions as well")
