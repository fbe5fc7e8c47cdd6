"""What may be pulled from anywhere is built by anybody."""

import re
from collections.abc import Iterator

from policies.facts import Facts
from policies.graph import Node
from policies.graph.references import references_in
from policies.reading import Found
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.supply._common import FRAMEWORKS
from policies.rules.supply._images import HOLDERS, each_image

CACHE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
REPOSITORY = "aws:ecr/repository:Repository"
UPSTREAMS = (
    "public.ecr.aws",
    "registry.k8s.io",
)  # AWS's own images and Kubernetes' own; others are copied and reviewed
_ECR = re.compile(r"^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)(?:/|$)")

RULE = Rule(
    id="image-registries",
    title="Images come from the keep's own registry, in an allowed region",
    severity=Severity.HIGH,
    family=Family.SUPPLY,
    applies_to=(*HOLDERS, CACHE),
    requirement=Requirement.SUPPLY_CHAIN,
    why="Only what was pushed or cached there was scanned, and a pull from elsewhere tells the outside what runs here.",
    remedy="copy the image into a repository of components.storage.image_registry",
    frameworks={**FRAMEWORKS, "CIS EKS": ("5.1.4",)},
)


@RULE.check
def own_registry(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == CACHE:
        yield from RULE.require(
            node,
            "upstreamRegistryUrl",
            lambda url: url in UPSTREAMS or _own(str(url), case.facts),
            f"must be {', '.join(UPSTREAMS)} or the keep's own registry",
        )
        return

    def judge(image: Found) -> Iterator[Finding]:
        if not _own(str(image.value), case.facts):
            regions = ", ".join(sorted(case.facts.allowed_regions))
            account = case.facts.account_id or "one account"
            yield RULE.violation(node, image.path, f"got {image.value!r}: must lie in ECR of {account} in {regions}")

    yield from each_image(RULE, node, judge)


def _own(image: str, facts: Facts) -> bool:
    """Whether an image lies in the account's registry in an allowed region, or in a repository of this very program."""
    if image.startswith("${"):
        return any(REPOSITORY in reference.urn for reference in references_in(image))
    match = _ECR.match(image)
    if match is None:
        return False
    account, region = match.groups()
    return region in facts.allowed_regions and facts.account_id in ("", account)
