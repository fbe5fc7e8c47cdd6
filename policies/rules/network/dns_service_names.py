"""A name that the DNS firewall blocks is a service that nobody reaches, whatever endpoints the network has."""

from collections.abc import Iterator

from codekeep_contracts.service_hosts import SERVICE_HOSTS, covers, resource_hosts, service_hosts

from policies.graph import Node
from policies.reading import read
from policies.rule import Case, Finding, Requirement, Scope, Severity, network_rule
from policies.rules._types import CLUSTER, DOMAINS, VPC_ENDPOINT
from policies.rules.network._common import FRAMEWORKS
from policies.rules.network.dns_block_list import DOMAINS as DOMAIN_LIST
from policies.rules.network.dns_block_list import ENTRY, GROUP

ASSOCIATION = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
ZONE = "aws:route53/zone:Zone"

RULE = network_rule(
    id="dns-service-names",
    title="Every DNS firewall lets the names resolve that its network's endpoints, cluster, index and links have",
    severity=Severity.HIGH,
    applies_to=(ASSOCIATION,),
    requirement=Requirement.ISOLATION,
    why="Without eks-auth.<region>.api.aws no pod gets credentials, and no node becomes ready.",
    remedy="allow the name, as components.network.dns_firewall does for its services and domains",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def names_resolve(node: Node, case: Case) -> Iterator[Finding]:
    if not isinstance(node.inputs.get("vpcId"), str):
        yield RULE.undecided(node, "vpcId")
        return
    domains = _allowed(node, case)
    if domains is None:
        yield RULE.undecided(node, "firewallRuleGroupId", "the program does not declare the group's rules and lists")
        return
    for endpoint in _in_network(node, VPC_ENDPOINT, case):
        if (service := _unlisted_service(endpoint)) is not None:
            yield RULE.undecided(endpoint, "serviceName", f"no table says which names {service} has")
    for name, whose in dict(_needed(node, case)).items():
        if not any(covers(domain, name) for domain in domains):
            yield RULE.violation(node, "firewallRuleGroupId", f"blocks {name}, which {whose} needs")


def _allowed(node: Node, case: Case) -> list[str] | None:
    """The domains that the group allows; None where the graph does not say."""
    groups = case.graph.references(node, "firewallRuleGroupId", GROUP)
    entries = [entry for group in groups for entry in case.graph.referrers(group, "firewallRuleGroupId", ENTRY)]
    domains: list[str] = []
    for entry in entries:
        if entry.inputs.get("action") == "BLOCK":
            continue
        found = [
            each
            for listed in case.graph.references(entry, "firewallDomainListId", DOMAIN_LIST)
            for each in read(listed.inputs, "domains[*]")
        ]
        if not found or not all(each.known for each in found):
            return None
        domains += [str(each.value).rstrip(".") for each in found]
    return domains if entries else None


def _needed(node: Node, case: Case) -> Iterator[tuple[str, str]]:
    """Each name that must resolve in the network, and whose it is."""
    for endpoint in _in_network(node, VPC_ENDPOINT, case):
        region, service = _service_of(endpoint)
        if endpoint.inputs.get("vpcEndpointType") == "Gateway":
            names = resource_hosts(region)["bucket"] if service == "s3" else ()
        else:
            names = service_hosts(service, region) if service in SERVICE_HOSTS else ()
        yield from ((name, endpoint.name) for name in names)
    for zone in case.graph.of_type(ZONE):
        if any(each.value == node.inputs.get("vpcId") for each in read(zone.inputs, "vpcs[*].vpcId")):
            yield str(zone.inputs.get("name")), zone.name
    for kind, types in (("cluster", (CLUSTER,)), ("domain", DOMAINS)):
        for resource in case.graph.of_type(*types):
            if resource.region and resource.region == node.region:
                yield from ((name, resource.name) for name in resource_hosts(resource.region)[kind])


def _in_network(node: Node, type_: str, case: Case) -> list[Node]:
    """Resources in the network that the association names, which another program may have made."""
    return [each for each in case.graph.of_type(type_) if each.inputs.get("vpcId") == node.inputs.get("vpcId")]


def _service_of(endpoint: Node) -> tuple[str, str]:
    """Region and last part of the service's name: `com.amazonaws.eu-central-1.ecr.api` → `eu-central-1`, `ecr.api`."""
    _, _, rest = str(endpoint.inputs.get("serviceName")).partition("amazonaws.")
    region, _, service = rest.partition(".")
    return region, service


def _unlisted_service(endpoint: Node) -> str | None:
    """An AWS service whose names are not in the table; None for others, such as those of private links."""
    region, service = _service_of(endpoint)
    is_interface = endpoint.inputs.get("vpcEndpointType") == "Interface"
    return service if is_interface and region != "vpce" and service not in SERVICE_HOSTS else None
