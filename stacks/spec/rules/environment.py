"""Rules for regions, account, network, keys, retention, budget and cluster access."""

import ipaddress
from collections.abc import Iterator

from stacks.spec.addresses import (
    NARROWEST_PREFIX,
    PRIVATE_NETWORKS,
    WIDEST_PREFIX,
    addresses_for_nodes,
    addresses_needed,
)
from stacks.spec.problems import Problem, shown_value, suggestion
from stacks.spec.regions import REGIONS, account_of_arn, region_of_arn, region_of_zone
from stacks.spec.rules.common import duplicate_attributes, duplicate_values
from stacks.spec.rules.draft import Draft

_CIDR_ALLOWED = (
    f"an IPv4 network from /{WIDEST_PREFIX} to /{NARROWEST_PREFIX} inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
)
# Domains under which anyone may register a name: a wildcard there lets code out to strangers.
_OPEN_DOMAINS = frozenset(
    {
        "amazonaws.com",
        "appspot.com",
        "azurewebsites.net",
        "cloudapp.net",
        "cloudfront.net",
        "co.jp",
        "co.uk",
        "com.au",
        "com.br",
        "github.io",
        "githubusercontent.com",
        "herokuapp.com",
        "netlify.app",
        "ngrok.io",
        "onrender.com",
        "org.uk",
        "pages.dev",
        "s3.amazonaws.com",
        "storage.googleapis.com",
        "vercel.app",
        "web.app",
        "windows.net",
        "workers.dev",
    }
)


def regions_are_known(draft: Draft) -> Iterator[Problem]:
    """Each region is one of AWS's standard partition that offers every service a keep uses."""
    if draft.regions is None:
        return
    named = [("regions.primary", draft.regions.primary), ("regions.recovery", draft.regions.recovery)]
    named += [(f"regions.allowed[{index}]", region) for index, region in enumerate(draft.regions.allowed)]
    for path, region in named:
        if region is not None and region not in REGIONS:
            yield Problem(
                path=path,
                got=shown_value(region),
                allowed=f"one of {', '.join(sorted(REGIONS))}",
                remedy=suggestion(region, REGIONS, "choose a region of the list"),
            )


def regions_are_allowed(draft: Draft) -> Iterator[Problem]:
    """`regions.primary` and `regions.recovery` are among `regions.allowed`, which has each region once."""
    if draft.regions is None:
        return
    allowed = draft.regions.allowed
    yield from duplicate_values("regions.allowed", allowed, "region")
    for name in ("primary", "recovery"):
        region = getattr(draft.regions, name)
        if region is not None and region not in allowed:
            yield Problem(
                path=f"regions.{name}",
                got=shown_value(region),
                allowed=f"one of regions.allowed: {', '.join(allowed)}",
                remedy=f"choose an allowed region, or agree with the customer to add {region} to regions.allowed",
            )


def recovery_is_elsewhere(draft: Draft) -> Iterator[Problem]:
    """`regions.recovery` is not `regions.primary`."""
    if draft.regions is not None and draft.regions.recovery == draft.regions.primary:
        yield Problem(
            path="regions.recovery",
            got=f"{shown_value(draft.regions.recovery)}, the primary region",
            allowed="another region than regions.primary",
            remedy="choose another of regions.allowed, or leave recovery out",
        )


def recovery_zones_are_named(draft: Draft) -> Iterator[Problem]:
    """`regions.recovery_zones` are different zones of `regions.recovery`, as many as `network.zones`."""
    if draft.regions is None:
        return
    recovery, zones = draft.regions.recovery, draft.regions.recovery_zones
    yield from duplicate_values("regions.recovery_zones", zones, "zone")
    for index, zone in enumerate(zones):
        if recovery is None or region_of_zone(zone) != recovery:
            yield Problem(
                path=f"regions.recovery_zones[{index}]",
                got=shown_value(zone),
                allowed=f"a zone of regions.recovery, {recovery}" if recovery else "no zones without regions.recovery",
                remedy=f"write {recovery}{zone[-1]}" if recovery else "remove recovery_zones, or add recovery",
            )
    if recovery is not None and draft.network is not None and len(zones) != len(draft.network.zones):
        yield Problem(
            path="regions.recovery_zones",
            got=f"{len(zones)} zones",
            allowed=f"{len(draft.network.zones)} zones of {recovery}, as many as network.zones",
            remedy="name a zone of the recovery region for each of network.zones",
        )


def deployer_is_of_the_account(draft: Draft) -> Iterator[Problem]:
    """`account.deployer_role_arn` is a role of the account `account.id`."""
    account = draft.account
    if account is not None and account_of_arn(account.deployer_role_arn) != account.id:
        yield Problem(
            path="account.deployer_role_arn",
            got=shown_value(account.deployer_role_arn),
            allowed=f"a role of the keep's own account {account.id}",
            remedy="use the deployer role of that account, or correct account.id",
        )


def network_is_own_or_adopted(draft: Draft) -> Iterator[Problem]:
    """`network` has exactly one of `cidr` and `adopt`."""
    network = draft.network
    if network is None or (network.cidr is None) != (network.adopt is None):
        return
    yield Problem(
        path="network",
        got="neither cidr nor adopt" if network.cidr is None else "both cidr and adopt",
        allowed="exactly one of cidr (a VPC of the keep's own) and adopt (one that exists)",
        remedy="add cidr" if network.cidr is None else "remove one of the two",
    )


def cidr_is_private(draft: Draft) -> Iterator[Problem]:
    """`network.cidr` is an RFC 1918 network from /16 to /22, written with its first address."""
    if draft.network is None or draft.network.cidr is None:
        return
    cidr = shown_value(draft.network.cidr)
    for got, remedy in _cidr_mistakes(draft.network.cidr):
        yield Problem(path="network.cidr", got=f"{cidr}{got}", allowed=_CIDR_ALLOWED, remedy=remedy)


def _cidr_mistakes(cidr: str) -> Iterator[tuple[str, str]]:
    """Yields each mistake in a CIDR with its remedy."""
    try:
        block = ipaddress.IPv4Network(cidr, strict=False)
    except ValueError:
        yield "", "correct the address"
        return
    if str(block) != cidr:
        yield ", an address inside a network", f"write {block}"
    if not WIDEST_PREFIX <= block.prefixlen <= NARROWEST_PREFIX:
        yield f", a /{block.prefixlen}", f"choose a prefix from /{WIDEST_PREFIX} to /{NARROWEST_PREFIX}"
    if not any(block.subnet_of(private) for private in PRIVATE_NETWORKS):
        yield (
            ", which is no private network",
            "choose a private (RFC 1918) network that overlaps none of the customer's",
        )


def cidr_has_room_for_the_pools(draft: Draft) -> Iterator[Problem]:
    """`network.cidr` has addresses for all pools at their `max`, 32 for each node."""
    if draft.network is None or draft.network.cidr is None or any(cidr_is_private(draft)):
        return
    prefix = int(draft.network.cidr.rsplit("/", maxsplit=1)[1])
    nodes = sum(pool.max for pool in draft.pools.values)
    needed, available = addresses_needed(nodes), addresses_for_nodes(prefix, len(draft.network.zones))
    if needed > available:
        yield Problem(
            path="network.cidr",
            got=f"{shown_value(draft.network.cidr)}, {available} addresses for nodes and their pods",
            allowed=f"a network with {needed} of them: the pools' max come to {nodes} nodes",
            remedy="choose a shorter prefix, or lower the pools' max",
        )


def zones_are_of_the_primary_region(draft: Draft) -> Iterator[Problem]:
    """`network.zones`, or `platform.zones`, are different zones of `regions.primary`."""
    path, named = ("network.zones", draft.network) if draft.network is not None else ("platform.zones", draft.platform)
    if named is None:
        return
    yield from duplicate_values(path, named.zones, "zone")
    if draft.regions is None:
        return
    primary = draft.regions.primary
    for index, zone in enumerate(named.zones):
        if region_of_zone(zone) != primary:
            yield Problem(
                path=f"{path}[{index}]",
                got=shown_value(zone),
                allowed=f"a zone of regions.primary, {primary}",
                remedy=f"write {primary}{zone[-1]}, or correct regions.primary",
            )


def adopted_subnets_match_the_zones(draft: Draft) -> Iterator[Problem]:
    """`network.adopt.subnet_ids` has one subnet for each zone."""
    network = draft.network
    if network is None or network.adopt is None:
        return
    subnets = network.adopt.subnet_ids
    yield from duplicate_values("network.adopt.subnet_ids", subnets, "subnet")
    if len(subnets) != len(network.zones):
        yield Problem(
            path="network.adopt.subnet_ids",
            got=f"{len(subnets)} subnets for {len(network.zones)} zones",
            allowed="one subnet for each of network.zones, in their order",
            remedy="name a subnet for each zone",
        )


def egress_domains_match_the_mode(draft: Draft) -> Iterator[Problem]:
    """`network.egress.domains` is empty with mode `none`, and not empty with mode `allow-list`."""
    if draft.network is None:
        return
    egress = draft.network.egress
    if (egress.mode == "allow-list") != bool(egress.domains):
        expected = "at least one domain" if egress.mode == "allow-list" else "no domains"
        yield Problem(
            path="network.egress.domains",
            got=shown_value(egress.domains) if egress.domains else "no domains",
            allowed=f"{expected} while network.egress.mode is {egress.mode}",
            remedy="remove the domains, or set the mode to allow-list"
            if egress.domains
            else "name the domains, or set the mode to none",
        )


def egress_domains_are_narrow(draft: Draft) -> Iterator[Problem]:
    """A wildcard in `network.egress.domains` is under a domain of one owner, never where anyone may register names."""
    if draft.network is None:
        return
    domains = draft.network.egress.domains
    yield from duplicate_values("network.egress.domains", domains, "domain")
    for index, domain in enumerate(domains):
        rest = domain.removeprefix("*.")
        if rest != domain and ("." not in rest or rest in _OPEN_DOMAINS):
            yield Problem(
                path=f"network.egress.domains[{index}]",
                got=f"{shown_value(domain)}, under which anyone may register a name",
                allowed="a wildcard only under a domain of one owner",
                remedy="name the hosts themselves",
            )


def held_keys_are_in_the_region(draft: Draft) -> Iterator[Problem]:
    """`keys.customer_held` are in `regions.primary`, and multi-region where there is a recovery region."""
    if draft.keys is None or draft.regions is None:
        return
    for data_class, arn in draft.keys.customer_held.items():
        path = f"keys.customer_held.{data_class}"
        if region_of_arn(arn) != draft.regions.primary:
            yield Problem(
                path=path,
                got=f"{shown_value(arn)}, a key in {region_of_arn(arn)}",
                allowed=f"a key in regions.primary, {draft.regions.primary}",
                remedy="have the customer make the key in that region",
            )
        if draft.regions.recovery is not None and ":key/mrk-" not in arn:
            yield Problem(
                path=path,
                got=f"{shown_value(arn)}, a single-region key",
                allowed=f"a multi-region key (mrk-…), since regions.recovery is {draft.regions.recovery}",
                remedy="have the customer make a multi-region key with a replica in the recovery region",
            )


def logs_do_not_outlive_the_trail(draft: Draft) -> Iterator[Problem]:
    """`retention.log` is at most `retention.audit`."""
    if draft.retention is not None and draft.retention.log > draft.retention.audit:
        yield Problem(
            path="retention.log",
            got=f"{draft.retention.log} days, longer than retention.audit ({draft.retention.audit})",
            allowed=f"at most {draft.retention.audit} days",
            remedy="lower retention.log or raise retention.audit",
        )


def budget_alerts_rise(draft: Draft) -> Iterator[Problem]:
    """`budget.alert_percents` rise, and `budget.notify` has each address once."""
    if draft.budget is None:
        return
    percents = draft.budget.alert_percents
    if list(percents) != sorted(set(percents)):
        yield Problem(
            path="budget.alert_percents",
            got=shown_value(percents),
            allowed="rising percentages, each once",
            remedy=f"write {shown_value(sorted(set(percents)))}",
        )
    yield from duplicate_values("budget.notify", draft.budget.notify, "address")


def cluster_access_is_distinct(draft: Draft) -> Iterator[Problem]:
    """Entries of `cluster_access` differ in `name` and `principal`; level cluster-admin has no namespaces."""
    entries = [(f"cluster_access[{index}]", entry) for index, entry in enumerate(draft.cluster_access or ())]
    for attribute in ("name", "principal"):
        yield from duplicate_attributes(entries, attribute, "entry", "merge the two entries, or correct one")
    for path, entry in entries:
        if entry.level == "cluster-admin" and entry.namespaces:
            yield Problem(
                path=f"{path}.namespaces",
                got=shown_value(entry.namespaces),
                allowed="no namespaces with level cluster-admin, which applies to the whole cluster",
                remedy="choose level admin, or remove namespaces",
            )


def tags_do_not_clash_with_ours(draft: Draft) -> Iterator[Problem]:
    """No tag is `Name` or starts with `aws:` or `codekeep:`."""
    for key in draft.tags or {}:
        if key.lower().startswith(("aws:", "codekeep:")) or key == "Name":
            yield Problem(
                path=f"tags.{key}",
                got=shown_value(key),
                allowed="a key that is not Name and does not start with aws: or codekeep:",
                remedy="choose another prefix, such as the customer's own",
            )
