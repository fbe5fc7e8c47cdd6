"""An image that may be pulled from anywhere is built by anybody."""

import re
from collections.abc import Iterator

from policies.conditions import Condition
from policies.facts import Facts
from policies.graph import Node
from policies.graph.references import references_in
from policies.rule import Case, Finding, Requirement, Severity, supply_rule
from policies.rules._types import REPOSITORY
from policies.rules.supply._common import FRAMEWORKS
from policies.rules.supply._images import HOLDERS, require_of_images

CACHE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
UPSTREAMS = ("public.ecr.aws", "registry.k8s.io")  # of AWS and of Kubernetes; other images are copied and reviewed
_ECR = re.compile(r"^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)(?:/|$)")

RULE = supply_rule(
    id="image-registries",
    title="Images come from the keep's own registry, in an allowed region",
    severity=Severity.HIGH,
    applies_to=(*HOLDERS, CACHE),
    requirement=Requirement.SUPPLY_CHAIN,
    why="Only what was pushed or cached there was scanned, and a pull from elsewhere shows the outside what runs here.",
    remedy="copy the image into a repository of components.storage.image_registry",
    frameworks={**FRAMEWORKS, "CIS EKS": ("5.1.4",)},
)


@RULE.check
def own_registry(node: Node, case: Case) -> Iterator[Finding]:
    account, regions = case.facts.account_id or "one account", ", ".join(sorted(case.facts.allowed_regions))
    own = Condition(lambda image: _is_own(str(image), case.facts), f"must be in ECR of {account} in {regions}")
    upstream = Condition(
        lambda url: url in UPSTREAMS or own.holds(url), f"must be {', '.join(UPSTREAMS)} or the keep's own registry"
    )
    if node.type == CACHE:
        yield from RULE.require(node, "upstreamRegistryUrl", upstream)
    else:
        yield from require_of_images(RULE, node, own)


def _is_own(image: str, facts: Facts) -> bool:
    """Whether it is in the account's registry in an allowed region, or in a repository of this very program."""
    if image.startswith("${"):
        return any(REPOSITORY in reference.urn for reference in references_in(image))
    match = _ECR.match(image)
    if match is None:
        return False
    account, region = match.groups()
    return region in facts.allowed_regions and facts.account_id in ("", account)
