"""What Route 53 refuses of zones and records."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.aws.refusals.refusal import Call, Words, refusal

CHANGE, CODE = "ChangeResourceRecordSets", "InvalidChangeBatch"
TEXT_CHARACTERS = 255
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


@refusal(
    "route53",
    "CreateHostedZone",
    code="ConflictingDomainExists",
    source="hashicorp/terraform-provider-aws issue 37783, 2024-05-31",
    reported=True,
)
def one_zone_of_a_name_in_a_vpc(call: Call) -> Words:
    vpc, region = call.get("VPC.VPCId"), call.get("VPC.VPCRegion")
    if vpc is None:
        return None
    found = call.client("route53").list_hosted_zones_by_vpc(VPCId=vpc, VPCRegion=region)["HostedZoneSummaries"]
    for each in found:
        if _absolute(each["Name"]) == _absolute(call.get("Name")):
            return (
                f"The VPC {vpc} in region {region} has already been associated with the hosted zone "
                f"{each['HostedZoneId']} with the same domain name."
            )
    return None


@refusal(
    "route53",
    CHANGE,
    code=CODE,
    source="Route 53 developer guide, Supported DNS record types: no CNAME at the apex of a zone",
)
def alias_at_the_apex(call: Call) -> Words:
    zone = _absolute(call.client("route53").get_hosted_zone(Id=call.get("HostedZoneId"))["HostedZone"]["Name"])
    for each in _added(call):
        if each["Type"] == "CNAME" and _absolute(each["Name"]) == zone:
            return f"[RRSet of type CNAME with DNS name {zone} is not permitted at apex in zone {zone}]"
    return None


@refusal("route53", CHANGE, code=CODE, source="presslabs/zinc issue 178, 2017-03-09", reported=True)
def records_beside_an_alias(call: Call) -> Words:
    zone_id, route53 = call.get("HostedZoneId"), call.client("route53")
    for each in _added(call):
        name = _absolute(each["Name"])
        found = route53.list_resource_record_sets(HostedZoneId=zone_id, StartRecordName=name)["ResourceRecordSets"]
        there = {record["Type"] for record in found if _absolute(record["Name"]) == name} - {each["Type"]}
        other = "CNAME" if "CNAME" in there else next(iter(sorted(there)), "") if each["Type"] == "CNAME" else ""
        if other:
            return (
                f"[RRSet of type {each['Type']} with DNS name {name} is not permitted because a conflicting RRSet "
                "of type  "
                f"{other} with the same DNS name already exists in zone {zone_id}]"
            )
    return None


@refusal(
    "route53",
    CHANGE,
    code="InvalidInput",
    source=(
        "botocore 1.44.5, route53 ResourceRecordSet.TTL: creating or updating an alias resource record set, omit TTL"
    ),
)
def lifetime_of_an_alias(call: Call) -> Words:
    for each in _added(call):
        if each.get("AliasTarget") and ("TTL" in each or each.get("ResourceRecords")):
            return "Invalid request: an alias record has neither a TTL nor values of its own"
        if not each.get("AliasTarget") and not ("TTL" in each and each.get("ResourceRecords")):
            return "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]]"
    return None


@refusal(
    "route53",
    CHANGE,
    code=CODE,
    source=(
        "botocore 1.44.5, route53 ResourceRecord.Value: more than one value for all record types except CNAME and SOA"
    ),
)
def one_value_of_a_cname(call: Call) -> Words:
    for each in _added(call):
        if each["Type"] in {"CNAME", "SOA"} and len(each.get("ResourceRecords", ())) > 1:
            return (
                f"[The RRSet with DNS name {_absolute(each['Name'])} of type {each['Type']} must have exactly one "
                "value]"
            )
    return None


@refusal(
    "route53",
    CHANGE,
    code=CODE,
    source="Route 53 developer guide, TXT record type: a single string has at most 255 characters",
)
def strings_of_text_records(call: Call) -> Words:
    for each in _added(call):
        for record in each.get("ResourceRecords", ()) if each["Type"] in {"TXT", "SPF"} else ():
            if any(len(text) > TEXT_CHARACTERS for text in QUOTED.findall(record["Value"])):
                return (
                    "[Invalid Resource Record: 'FATAL problem: CharacterStringTooLong (Value is too long) encountered "
                    f"with {record['Value'][:40]!r}...']"
                )
    return None


def _added(call: Call) -> list[Mapping[str, Any]]:
    changes = call.items("ChangeBatch.Changes")
    return [each["ResourceRecordSet"] for each in changes if each.get("Action") in {"CREATE", "UPSERT"}]


def _absolute(name: Any) -> str:
    return f"{str(name).lower().rstrip('.')}."
