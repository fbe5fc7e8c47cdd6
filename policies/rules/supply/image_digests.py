"""A tag names what somebody last pushed under it; a digest names what runs."""

import re
from collections.abc import Iterator

from policies.conditions import Condition
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, supply_rule
from policies.rules.supply._common import FRAMEWORKS
from policies.rules.supply._images import HOLDERS, require_of_images

_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
BY_DIGEST = Condition(lambda image: _DIGEST.search(str(image)) is not None, "must end in @sha256:<64 hex digits>")

RULE = supply_rule(
    id="image-digests",
    title="Every container image is named by its digest",
    severity=Severity.HIGH,
    applies_to=HOLDERS,
    requirement=Requirement.SUPPLY_CHAIN,
    why="Under a tag the same manifest may run other code tomorrow than what was reviewed today.",
    remedy="write repository@sha256:<digest>, as images/ locks it",
    frameworks=FRAMEWORKS,
)


@RULE.check
def by_digest(node: Node, _: Case) -> Iterator[Finding]:
    yield from require_of_images(RULE, node, BY_DIGEST)
