"""Add-ons run with the widest rights of the cluster; which ones run must be a decision."""

import re
from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.supply._common import FRAMEWORKS

ADDON = "aws:eks/addon:Addon"
_VERSION = re.compile(r"^v\d+\.\d+\.\d+-eksbuild\.\d+$")

RULE = Rule(
    id="addon-versions",
    title="Every add-on of a cluster is one exact build",
    severity=Severity.MEDIUM,
    family=Family.SUPPLY,
    applies_to=(ADDON,),
    requirement=Requirement.SUPPLY_CHAIN,
    why="Network and identity of every pod go through them; left out, the version is EKS's default on the day.",
    remedy="set addonVersion, as components.compute.addons does with ADDON_VERSIONS",
    frameworks=FRAMEWORKS,
)


@RULE.check
def pinned(node: Node, _: Case) -> Iterator[Finding]:
    yield from RULE.require(
        node,
        "addonVersion",
        lambda version: _VERSION.match(str(version)) is not None,
        "must be a build like v1.21.1-eksbuild.1",
    )
