"""Global services have no region of their own, so each one in use is named here with its reason."""

from collections.abc import Iterator, Mapping

from policies.graph import Node
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Severity, region_rule
from policies.rules.region_lock._common import FRAMEWORKS

GLOBAL_ALLOWED: Mapping[str, str] = {
    "iam": "identities contain no customer data; IAM exists only as a global service",
    "budgets": "amounts of money only; Budgets exists only as a global service",
    "route53": "private hosted zones answer only inside the VPCs named; they contain host names of the Git links",
}
"""Global service → why a keep may use it."""

GLOBAL_REFUSED = frozenset(
    {
        "cloudfront",
        "globalaccelerator",
        "shield",
        "route53domains",
        "route53recoverycontrolconfig",
        "route53recoveryreadiness",
        "networkmanager",
        "organizations",
        "costexplorer",
        "cur",
        "chimesdkmediapipelines",
        "ecrpublic",
        "lightsail",
        "wafregional",
        "savingsplans",
    }
)
"""Global services, and public ones, that a keep has no reason to use."""

RULE = region_rule(
    id="region-global-services",
    title="Only the global services named with a reason are used",
    severity=Severity.HIGH,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.REGION_LOCK,
    why="What a global service stores is in no agreed region.",
    remedy="use a regional service, or add the service to GLOBAL_ALLOWED with a reason that the customer accepts",
    frameworks=FRAMEWORKS,
)


@RULE.check
def global_services_are_named(node: Node, _: Case) -> Iterator[Finding]:
    if node.package != "aws" or ":" not in node.type:
        return
    service = node.type.split(":")[1].partition("/")[0]
    if service in GLOBAL_REFUSED:
        allowed = ", ".join(sorted(GLOBAL_ALLOWED))
        yield RULE.violation(node, "", f"belongs to the global service {service}, which is not among {allowed}")
    elif node.inputs.get("scope") == "CLOUDFRONT":
        yield RULE.violation(node, "scope", "got 'CLOUDFRONT', which is global: must be 'REGIONAL'")
