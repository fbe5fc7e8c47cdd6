"""Route 53 Resolver: DNS firewalls and DNS query logs of a VPC."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import pages, pick, tag_map
from awsread.reader import Aws, Props, reads

SERVICE = "route53resolver"


@reads(SERVICE, "aws:route53/resolverFirewallConfig:ResolverFirewallConfig")
def firewall_config(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """Found by the state's VPC, which the id does not contain."""
    found = aws.client(SERVICE).get_firewall_config(ResourceId=known["resourceId"])["FirewallConfig"]
    return pick(found, "ResourceId", "FirewallFailOpen", "OwnerId")


@reads(SERVICE, "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList")
def firewall_domain_list(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    resolver = aws.client(SERVICE)
    found = resolver.get_firewall_domain_list(FirewallDomainListId=id)["FirewallDomainList"]
    domains = pages(resolver, "list_firewall_domains", "Domains", FirewallDomainListId=id)
    return {**_tagged(aws, found, "Name"), "domains": [str(domain).removesuffix(".") for domain in domains]}


@reads(SERVICE, "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup")
def firewall_rule_group(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = aws.client(SERVICE).get_firewall_rule_group(FirewallRuleGroupId=id)["FirewallRuleGroup"]
    return _tagged(aws, found, "Name", "OwnerId", "ShareStatus")


@reads(SERVICE, "aws:route53/resolverFirewallRule:ResolverFirewallRule")
def firewall_rule(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """The id is `group:domain list`, with `:type` where the rule is for one type of query."""
    group, domains = id.split(":")[:2]
    rules = pages(aws.client(SERVICE), "list_firewall_rules", "FirewallRules", FirewallRuleGroupId=group)
    found = next((rule for rule in rules if rule.get("FirewallDomainListId") == domains), None)
    names = ("Action", "BlockResponse", "Name", "Priority", "FirewallDomainListId", "FirewallRuleGroupId")
    return None if found is None else pick(found, *names, "FirewallDomainRedirectionAction")


@reads(SERVICE, "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation")
def firewall_rule_group_association(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    answer = aws.client(SERVICE).get_firewall_rule_group_association(FirewallRuleGroupAssociationId=id)
    names = ("FirewallRuleGroupId", "MutationProtection", "Name", "Priority", "VpcId")
    return _tagged(aws, answer["FirewallRuleGroupAssociation"], *names)


@reads(SERVICE, "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig")
def query_log_config(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = aws.client(SERVICE).get_resolver_query_log_config(ResolverQueryLogConfigId=id)["ResolverQueryLogConfig"]
    return _tagged(aws, found, "DestinationArn", "Name", "OwnerId", "ShareStatus")


@reads(SERVICE, "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation")
def query_log_config_association(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    call = aws.client(SERVICE).get_resolver_query_log_config_association
    found = call(ResolverQueryLogConfigAssociationId=id)["ResolverQueryLogConfigAssociation"]
    return pick(found, "ResourceId", "ResolverQueryLogConfigId")


def _tagged(aws: Aws, found: Mapping[str, Any], *names: str) -> Props:
    tags = aws.client(SERVICE).list_tags_for_resource(ResourceArn=found["Arn"])["Tags"]
    return {**pick(found, "Arn", *names), "tags": tag_map(tags)}
