"""Hosted zones, their VPCs and records, and query logging of public ones. DNS is global: nothing has a region."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from awsread.answers import pick, same_set, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads

ASSOCIATION = "aws:route53/zoneAssociation:ZoneAssociation"
RECORD_ID = re.compile(r"^(?P<zone>[^_]+)_(?P<name>.*)_(?P<type>[A-Z]+[0-9]*)(?:_(?P<set>.*))?$")
QUOTED_TYPES = ("TXT", "SPF")
LOCATION = {"continent": "ContinentCode", "country": "CountryCode", "subdivision": "SubdivisionCode"}


@reads("route53", "aws:route53/zone:Zone", fixed="comment")
def zone(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """A zone with its inline VPCs, without associations that are separate resources."""
    route53 = aws.client("route53")
    answer = or_none(route53.get_hosted_zone, Id=id)
    if answer is None:
        return None
    found, delegation = answer["HostedZone"], answer.get("DelegationSet", {})
    apart = {each["vpcId"] for _, each in aws.declared(ASSOCIATION) or () if each.get("zoneId") == id}
    vpcs = [pick(each, vpcId="VPCId", vpcRegion="VPCRegion") for each in answer.get("VPCs", ())]
    servers = delegation.get("NameServers") or _own_servers(route53, id, found["Name"])
    tags = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id)
    return {
        "arn": f"arn:{aws.partition}:route53:::hostedzone/{id}",
        "zoneId": id,
        "name": found["Name"].rstrip("."),
        "comment": found["Config"].get("Comment", ""),
        "delegationSetId": bare_id(delegation.get("Id", "")) or None,
        "nameServers": sorted(server.rstrip(".") for server in servers),
        "primaryNameServer": servers[0].rstrip(".") if servers else "",
        "vpcs": _spelled_like(known.get("vpcs"), (vpc for vpc in vpcs if vpc["vpcId"] not in apart), aws.region),
        "tags": tag_map(tags["ResourceTagSet"].get("Tags")),
    }


def bare_id(id: str) -> str:
    """`/hostedzone/Z1` → `Z1`."""
    return id.rpartition("/")[2]


def _own_servers(route53: Any, id: str, name: str) -> list[str]:
    """Name servers of a private zone: its own NS records."""
    answer = route53.list_resource_record_sets(HostedZoneId=id, StartRecordName=name, StartRecordType="NS")
    own = (item for item in answer["ResourceRecordSets"] if item["Type"] == "NS" and item["Name"] == name)
    return [str(record["Value"]) for item in own for record in item.get("ResourceRecords", ())]


def _spelled_like(known: Any, live: Iterable[Props], region: str) -> list[Props]:
    """VPCs of a zone, in the state's order and without the region where the program left it out."""
    left = {vpc["vpcId"]: vpc for vpc in live}
    vpcs = []
    for vpc in known or ():
        found = left.pop(vpc["vpcId"], None)
        if found is not None:
            vpcs.append(vpc if vpc.get("vpcRegion", region) == found["vpcRegion"] else found)
    for vpc_id, vpc in sorted(left.items()):
        vpcs.append({"vpcId": vpc_id} if vpc["vpcRegion"] == region else vpc)
    return vpcs


@reads("route53", ASSOCIATION)
def zone_association(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """The id is `zone:vpc`, with `:region` where the VPC is elsewhere."""
    zone_id, vpc_id = id.split(":")[:2]
    answer = or_none(aws.client("route53").get_hosted_zone, Id=zone_id) or {}
    found = next((vpc for vpc in answer.get("VPCs", ()) if vpc["VPCId"] == vpc_id), None)
    if found is None:
        return None
    return {"zoneId": zone_id, "vpcId": vpc_id, "vpcRegion": found["VPCRegion"], "owningAccount": aws.account_id}


@reads("route53", "aws:route53/queryLog:QueryLog")
def query_log(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    answer = or_none(aws.client("route53").get_query_logging_config, Id=id)
    if answer is None:
        return None
    found = answer["QueryLoggingConfig"]
    live, written = found["CloudWatchLogsLogGroupArn"], str(known.get("cloudwatchLogGroupArn", ""))
    return {
        "arn": f"arn:{aws.partition}:route53:::queryloggingconfig/{id}",
        "zoneId": bare_id(found["HostedZoneId"]),
        "cloudwatchLogGroupArn": written if f"{written}:*" == live else live,
    }


@reads("route53", "aws:route53/record:Record", fixed="allowOverwrite")
def record(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """The id is `zone_name_type`, with `_identifier` where a policy routes."""
    match = RECORD_ID.match(id)
    zone = zone_name(aws, match["zone"]) if match else None
    found = record_of(aws, match, zone) if match and zone else None
    if match is None or zone is None or found is None:
        return None
    fqdn = clean(found["Name"])
    name = str(known.get("name", fqdn))
    values = [_unquoted(each["Value"], found["Type"]) for each in found.get("ResourceRecords", ())]
    target = found.get("AliasTarget")
    alias = target and {**pick(target, "EvaluateTargetHealth", zoneId="HostedZoneId"), "name": clean(target["DNSName"])}
    return {
        "zoneId": match["zone"],
        "name": name if in_full(name, zone) == fqdn else fqdn,
        "fqdn": fqdn,
        **pick(found, "Type", "SetIdentifier", "HealthCheckId", ttl="TTL"),
        "records": same_set(known.get("records"), values),
        "aliases": [alias] if alias else None,
        **_routing(found),
    }


def _routing(found: Mapping[str, Any]) -> Props:
    location = pick(found.get("GeoLocation") or {}, **LOCATION)
    return {
        "weightedRoutingPolicies": [{"weight": int(found["Weight"])}] if found.get("Weight") is not None else None,
        "failoverRoutingPolicies": [{"type": found["Failover"]}] if found.get("Failover") else None,
        "latencyRoutingPolicies": [{"region": found["Region"]}] if found.get("Region") else None,
        "geolocationRoutingPolicies": [location] if location else None,
        "multivalueAnswerRoutingPolicy": True if found.get("MultiValueAnswer") else None,
    }


def record_of(aws: Aws, match: re.Match[str], zone: str) -> Props | None:
    """The record set that an id names, as Route 53 lists it."""
    name = in_full(match["name"], zone)
    answer = aws.client("route53").list_resource_record_sets(
        HostedZoneId=match["zone"], StartRecordName=f"{name}.", StartRecordType=match["type"]
    )
    for item in answer["ResourceRecordSets"]:
        same = clean(item["Name"]) == name and item["Type"] == match["type"]
        if same and item.get("SetIdentifier") == match["set"]:
            return dict(item)
    return None


def zone_name(aws: Aws, zone_id: str) -> str | None:
    answer = or_none(aws.client("route53").get_hosted_zone, Id=zone_id)
    return clean(answer["HostedZone"]["Name"]) if answer else None


def clean(name: str) -> str:
    """A name without the final dot, in lower case."""
    return name.rstrip(".").lower().replace("\\052", "*")


def in_full(name: str, zone: str) -> str:
    """A name relative to its zone in full, as the official provider takes it."""
    cleaned = clean(name)
    if not cleaned:
        return zone
    return cleaned if cleaned == zone or cleaned.endswith(f".{zone}") else f"{cleaned}.{zone}"


def _unquoted(value: str, kind: str) -> str:
    return value[1:-1] if kind in QUOTED_TYPES and value.startswith('"') and value.endswith('"') else value
