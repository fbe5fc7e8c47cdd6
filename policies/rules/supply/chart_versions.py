"""A chart without a version installs whatever its repository has on the day."""

import re

from policies.conditions import Expectation, matches, one_of
from policies.graph import Node
from policies.reading import first
from policies.rule import Case, Requirement, Severity, supply_rule
from policies.rules._types import RELEASE
from policies.rules.supply._common import FRAMEWORKS

EXACT = matches(re.compile(r"^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$"), "must be one exact version")
VERSIONED = (Expectation("version", EXACT), Expectation("devel", one_of(False), optional=True))
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


def _is_local_or_pinned(node: Node, _: Case) -> bool:
    chart = first(node.inputs, "chart")
    return isinstance(chart, str) and (chart.startswith(("./", "../", "/")) or _DIGEST.search(chart) is not None)


RULE = supply_rule(
    id="chart-versions",
    title="Every Helm chart is one exact version",
    severity=Severity.HIGH,
    requirement=Requirement.SUPPLY_CHAIN,
    why="A chart decides what runs and with which rights; a range or none lets its repository decide that anew.",
    remedy="set version to an exact one, or name an OCI chart by digest",
    frameworks=FRAMEWORKS,
    expects=dict.fromkeys((RELEASE, "kubernetes:helm.sh/v4:Chart"), VERSIONED),
    exempt=_is_local_or_pinned,
)
