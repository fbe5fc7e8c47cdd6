"""A tag says what somebody last pushed under it; a digest says what runs."""

import re
from collections.abc import Iterator

from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.supply._common import FRAMEWORKS
from policies.rules.supply._images import HOLDERS, each_image

DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")

RULE = Rule(
    id="image-digests",
    title="Every container image is named by its digest",
    severity=Severity.HIGH,
    family=Family.SUPPLY,
    applies_to=HOLDERS,
    requirement=Requirement.SUPPLY_CHAIN,
    why="Under a tag the same manifest may run other code tomorrow than what was reviewed today.",
    remedy="write repository@sha256:<digest>, as images/ locks it",
    frameworks=FRAMEWORKS,
)


@RULE.check
def by_digest(node: Node, _: Case) -> Iterator[Finding]:
    def judge(image: Found) -> Iterator[Finding]:
        if not DIGEST.search(str(image.value)):
            yield RULE.violation(node, image.path, f"got {image.value!r}: must end in @sha256:<64 hex digits>")

    yield from each_image(RULE, node, judge)
