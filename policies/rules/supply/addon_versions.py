"""Add-ons run with the widest rights of the cluster; which ones run must be a decision."""

import re

from policies.conditions import Expectation, matches
from policies.rule import Requirement, Severity, supply_rule
from policies.rules.supply._common import FRAMEWORKS

BUILD = matches(re.compile(r"^v\d+\.\d+\.\d+-eksbuild\.\d+$"), "must be a build like v1.21.1-eksbuild.1")

RULE = supply_rule(
    id="addon-versions",
    title="Every add-on of a cluster is one exact build",
    severity=Severity.MEDIUM,
    requirement=Requirement.SUPPLY_CHAIN,
    why="Network and identity of every pod go through them; left out, the version is EKS's default on the day.",
    remedy="set addonVersion, as components.compute.addons does with ADDON_VERSIONS",
    frameworks=FRAMEWORKS,
    expects={"aws:eks/addon:Addon": (Expectation("addonVersion", BUILD),)},
)
