"""Names and who may look them up: DNS firewalls, query logs, records; and the analyzer of who reaches in."""

from collections.abc import Mapping
from typing import Any

from policies.graph import Node
from policies.live.reader import Props, Reader, pick, reader, tags


def _firewall_config(resolver: Any, node: Node) -> Props:
    resource = node.inputs["resourceId"]
    found = resolver.get_firewall_config(ResourceId=resource)["FirewallConfig"]
    return pick(found, "ResourceId", "FirewallFailOpen")


def _domain_list(resolver: Any, node: Node) -> Props:
    found = resolver.get_firewall_domain_list(FirewallDomainListId=node.id)["FirewallDomainList"]
    pages = resolver.get_paginator("list_firewall_domains").paginate(FirewallDomainListId=node.id)
    domains = [domain.removesuffix(".") for page in pages for domain in page["Domains"]]
    return {"domains": domains, "tags": _tags(resolver, found["Arn"])}


def _rule_group(resolver: Any, node: Node) -> Props:
    found = resolver.get_firewall_rule_group(FirewallRuleGroupId=node.id)["FirewallRuleGroup"]
    return {"tags": _tags(resolver, found["Arn"])}


def _rule(resolver: Any, node: Node) -> Props | None:
    group, domains = (node.id or "").split(":")[:2]
    pages = resolver.get_paginator("list_firewall_rules").paginate(FirewallRuleGroupId=group)
    rules = (rule for page in pages for rule in page["FirewallRules"])
    found = next((rule for rule in rules if rule.get("FirewallDomainListId") == domains), None)
    names = ("Action", "BlockResponse", "Priority", "FirewallDomainListId", "FirewallRuleGroupId")
    return None if found is None else pick(found, *names, "FirewallDomainRedirectionAction")


def _group_association(resolver: Any, node: Node) -> Props:
    answer = resolver.get_firewall_rule_group_association(FirewallRuleGroupAssociationId=node.id)
    found = answer["FirewallRuleGroupAssociation"]
    names = ("FirewallRuleGroupId", "VpcId", "Priority", "MutationProtection")
    return {**pick(found, *names), "tags": _tags(resolver, found["Arn"])}


def _query_log(resolver: Any, node: Node) -> Props:
    found = resolver.get_resolver_query_log_config(ResolverQueryLogConfigId=node.id)["ResolverQueryLogConfig"]
    return {**pick(found, "DestinationArn"), "tags": _tags(resolver, found["Arn"])}


def _query_log_association(resolver: Any, node: Node) -> Props:
    answer = resolver.get_resolver_query_log_config_association(ResolverQueryLogConfigAssociationId=node.id)
    return pick(answer["ResolverQueryLogConfigAssociation"], "ResourceId", "ResolverQueryLogConfigId")


def _tags(resolver: Any, arn: str) -> Props:
    return tags(resolver.list_tags_for_resource(ResourceArn=arn)["Tags"])


def _record(route53: Any, node: Node) -> Props | None:
    zone, name, kind = node.inputs["zoneId"], node.inputs["name"].removesuffix("."), node.inputs["type"]
    answer = route53.list_resource_record_sets(
        HostedZoneId=zone, StartRecordName=name, StartRecordType=kind, MaxItems="1"
    )
    found = next(iter(answer["ResourceRecordSets"]), None)
    if found is None or (found["Name"].removesuffix("."), found["Type"]) != (name, kind):
        return None
    told: dict[str, Any] = {"zoneId": zone, "type": kind, **pick(found, ttl="TTL")}
    if records := found.get("ResourceRecords"):
        told["records"] = [each["Value"] for each in records]
    if target := found.get("AliasTarget"):
        alias = pick(target, "EvaluateTargetHealth", zoneId="HostedZoneId")
        told["aliases"] = [{**alias, "name": target["DNSName"].removesuffix(".")}]
    return told


def _analyzer(analyzers: Any, node: Node) -> Props:
    found = analyzers.get_analyzer(analyzerName=node.id)["analyzer"]
    return {"type": found["type"], "tags": found.get("tags", {})}


READERS: Mapping[str, Reader] = {
    "aws:route53/resolverFirewallConfig:ResolverFirewallConfig": reader("route53resolver", _firewall_config),
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": reader("route53resolver", _domain_list),
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": reader("route53resolver", _rule_group),
    "aws:route53/resolverFirewallRule:ResolverFirewallRule": reader("route53resolver", _rule),
    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": reader(
        "route53resolver", _group_association
    ),
    "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": reader("route53resolver", _query_log),
    "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation": reader(
        "route53resolver", _query_log_association
    ),
    "aws:route53/record:Record": reader("route53", _record, "allowOverwrite", everywhere=True),
    "aws:accessanalyzer/analyzer:Analyzer": reader("accessanalyzer", _analyzer, "analyzerName"),
}
