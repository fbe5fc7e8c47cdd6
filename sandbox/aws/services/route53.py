"""Hosted zones, the VPCs they are seen from, and query logging of public ones. DNS is global: nothing has a region."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from awsread.errors import or_none
from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.live import LiveResource, claims, given, tag_list, tag_map

ASSOCIATION_TOKEN = "aws:route53/zoneAssociation:ZoneAssociation"
OWN_TYPES = ("NS", "SOA")  # records every zone is born with


class Zone(LiveResource):
    """A zone with the VPCs its program wrote inline; associations that are resources are theirs to report."""

    token = "aws:route53/zone:Zone"
    auto_name = "name"
    kept = frozenset({"forceDestroy", "enableAcceleratedRecovery"})

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = super().replaces(old, new, changed)
        if "vpcs" in changed and bool(old.get("vpcs")) != bool(new.get("vpcs")):
            forced |= {"vpcs"}  # a public zone cannot become private, nor the other way
        return forced

    def make(self, api: Api, inputs: Props) -> str:
        private = {"VPC": _vpc(inputs["vpcs"][0], api)} if inputs.get("vpcs") else {}
        config = {"Comment": inputs.get("comment", ""), "PrivateZone": bool(private)}
        answer = api.client("route53").create_hosted_zone(
            Name=inputs["name"],
            CallerReference=str(uuid.uuid4()),
            HostedZoneConfig=config,
            **private,
            **given(inputs, DelegationSetId="delegationSetId"),
        )
        return bare_id(answer["HostedZone"]["Id"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        for vpc in (inputs.get("vpcs") or [])[1:]:
            associate(api, id, vpc)
        _retag(api.client("route53"), id, {}, inputs)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        route53 = api.client("route53")
        answer = or_none(route53.get_hosted_zone, Id=id)
        if answer is None:
            return None
        zone = answer["HostedZone"]
        owned = {entry["vpcId"] for _, entry in claims(api, ASSOCIATION_TOKEN) if entry["zoneId"] == id}
        vpcs = [{"vpcId": vpc["VPCId"], "vpcRegion": vpc["VPCRegion"]} for vpc in answer.get("VPCs", ())]
        servers = answer.get("DelegationSet", {}).get("NameServers") or _served_by(route53, id, zone["Name"])
        tags = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id)
        return {
            "arn": f"arn:{api.partition}:route53:::hostedzone/{id}",
            "zoneId": id,
            "name": zone["Name"].rstrip("."),
            "comment": zone["Config"].get("Comment", ""),
            "delegationSetId": bare_id(answer.get("DelegationSet", {}).get("Id", "")) or None,
            "forceDestroy": False,
            "nameServers": sorted(server.rstrip(".") for server in servers),
            "primaryNameServer": servers[0].rstrip(".") if servers else "",
            "vpcs": _spelled_like(state.get("vpcs"), (vpc for vpc in vpcs if vpc["vpcId"] not in owned), api),
            "tags": tag_map(tags["ResourceTagSet"].get("Tags")),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        route53 = api.client("route53")
        if "comment" in changed:
            route53.update_hosted_zone_comment(Id=id, Comment=new.get("comment", ""))
        if "vpcs" in changed:
            before = {vpc["vpcId"]: vpc for vpc in old.get("vpcs") or ()}
            after = {vpc["vpcId"]: vpc for vpc in new.get("vpcs") or ()}
            for vpc_id in sorted(after.keys() - before.keys()):  # first the new: a private zone is never without
                associate(api, id, after[vpc_id])
            for vpc_id in sorted(before.keys() - after.keys()):
                dissociate(api, id, before[vpc_id])
        _retag(route53, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        route53 = api.client("route53")
        if state.get("forceDestroy"):
            _empty(route53, id)
        route53.delete_hosted_zone(Id=id)


class ZoneAssociation(LiveResource):
    """One more VPC that sees a private zone; its id is `<zone>:<vpc>`, with `:<region>` where the VPC is elsewhere."""

    token = ASSOCIATION_TOKEN

    def make(self, api: Api, inputs: Props) -> str:
        associate(api, inputs["zoneId"], inputs)
        elsewhere = f":{inputs['vpcRegion']}" if inputs.get("vpcRegion", api.region) != api.region else ""
        id = f"{inputs['zoneId']}:{inputs['vpcId']}{elsewhere}"
        self.note(api, id, zoneId=inputs["zoneId"], vpcId=inputs["vpcId"])
        return id

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        zone_id, vpc_id = id.split(":")[:2]
        answer = or_none(api.client("route53").get_hosted_zone, Id=zone_id)
        vpc = next((vpc for vpc in (answer or {}).get("VPCs", ()) if vpc["VPCId"] == vpc_id), None)
        if vpc is None:
            return None
        if not self.noted(api, id):
            self.note(api, id, zoneId=zone_id, vpcId=vpc_id)
        return {
            "zoneId": zone_id,
            "vpcId": vpc_id,
            "vpcRegion": vpc["VPCRegion"],
            "owningAccount": api.account_id,
        }

    def remove(self, api: Api, id: str, state: Props) -> None:
        if self.look(api, id, state) is not None:
            dissociate(api, state["zoneId"], state)


class QueryLog(LiveResource):
    """Query logging of a public zone into a log group of us-east-1."""

    token = "aws:route53/queryLog:QueryLog"
    delete_before_replace = True  # one per zone

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("route53").create_query_logging_config(
            HostedZoneId=inputs["zoneId"],
            CloudWatchLogsLogGroupArn=f"{inputs['cloudwatchLogGroupArn'].removesuffix(':*')}:*",
        )
        return str(answer["QueryLoggingConfig"]["Id"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        answer = or_none(api.client("route53").get_query_logging_config, Id=id)
        if answer is None:
            return None
        config = answer["QueryLoggingConfig"]
        live, known = config["CloudWatchLogsLogGroupArn"], str(state.get("cloudwatchLogGroupArn", ""))
        return {
            "arn": f"arn:{api.partition}:route53:::queryloggingconfig/{id}",
            "zoneId": bare_id(config["HostedZoneId"]),
            "cloudwatchLogGroupArn": known if f"{known}:*" == live else live,
        }

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("route53").delete_query_logging_config(Id=id)


def get_zone(api: Api, arguments: Props) -> Props:
    """By id, or by name with `privateZone`, `vpcId` and tags; exactly one must match."""
    route53 = api.client("route53")
    if arguments.get("zoneId"):
        candidates = [bare_id(arguments["zoneId"])]
    else:
        name = f"{str(arguments.get('name', '')).rstrip('.')}."
        pages = route53.get_paginator("list_hosted_zones").paginate()
        zones = [zone for page in pages for zone in page["HostedZones"]]
        private = bool(arguments.get("privateZone") or arguments.get("vpcId"))
        matching = (zone for zone in zones if zone["Name"] == name and zone["Config"]["PrivateZone"] is private)
        candidates = [bare_id(zone["Id"]) for zone in matching]
    found = [live for id in candidates if (live := Zone().look(api, id, {})) and _fits(live, arguments)]
    if len(found) != 1:
        raise InvalidParameterError(f"getZone: {len(found)} hosted zones match {arguments!r}, expected one")
    zone = found[0]
    count = route53.get_hosted_zone(Id=zone["zoneId"])["HostedZone"]["ResourceRecordSetCount"]
    shown = ("arn", "comment", "name", "nameServers", "primaryNameServer", "tags", "zoneId")
    return {
        **{name: zone[name] for name in shown},
        "id": zone["zoneId"],
        "privateZone": bool(zone["vpcs"]),
        "vpcId": arguments.get("vpcId"),
        "resourceRecordSetCount": count,
    }


def bare_id(id: str) -> str:
    """`/hostedzone/Z1` → `Z1`."""
    return id.rpartition("/")[2]


def associate(api: Api, zone_id: str, vpc: Props) -> None:
    api.client("route53").associate_vpc_with_hosted_zone(HostedZoneId=zone_id, VPC=_vpc(vpc, api))


def dissociate(api: Api, zone_id: str, vpc: Props) -> None:
    api.client("route53").disassociate_vpc_from_hosted_zone(HostedZoneId=zone_id, VPC=_vpc(vpc, api))


def _vpc(vpc: Props, api: Api) -> Props:
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion") or api.region}


def _spelled_like(known: Any, live: Iterable[Props], api: Api) -> list[Props]:
    """VPCs of a zone, in the state's order and without the region where the program left it out."""
    left = {vpc["vpcId"]: vpc for vpc in live}
    vpcs = []
    for vpc in known or ():
        found = left.pop(vpc["vpcId"], None)
        if found is not None:
            same = vpc.get("vpcRegion", api.region) == found["vpcRegion"]
            vpcs.append(vpc if same else found)
    for vpc_id, vpc in sorted(left.items()):
        vpcs.append({"vpcId": vpc_id} if vpc["vpcRegion"] == api.region else vpc)
    return vpcs


def _served_by(route53: Any, id: str, name: str) -> list[str]:
    """Name servers of a private zone: its own NS records."""
    answer = route53.list_resource_record_sets(HostedZoneId=id, StartRecordName=name, StartRecordType="NS")
    own = (item for item in answer["ResourceRecordSets"] if item["Type"] == "NS" and item["Name"] == name)
    return [str(record["Value"]) for item in own for record in item.get("ResourceRecords", ())]


def _empty(route53: Any, id: str) -> None:
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=id)
    records = [record for page in pages for record in page["ResourceRecordSets"] if record["Type"] not in OWN_TYPES]
    changes = [{"Action": "DELETE", "ResourceRecordSet": record} for record in records]
    if changes:
        route53.change_resource_record_sets(HostedZoneId=id, ChangeBatch={"Changes": changes})


def _fits(zone: Props, arguments: Props) -> bool:
    tags = (arguments.get("tags") or {}).items() <= zone["tags"].items()
    vpc_id = arguments.get("vpcId")
    return tags and (not vpc_id or any(vpc["vpcId"] == vpc_id for vpc in zone["vpcs"]))


def _retag(route53: Any, id: str, old: Props, new: Props) -> None:
    before, after = old.get("tags") or {}, new.get("tags") or {}
    arguments: Props = {}
    if fresh := {key: value for key, value in after.items() if before.get(key) != value}:
        arguments["AddTags"] = tag_list(fresh)
    if stale := [key for key in before if key not in after]:
        arguments["RemoveTagKeys"] = stale
    if arguments:
        route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=id, **arguments)


FUNCTIONS: Mapping[str, Function] = {"aws:route53/getZone:getZone": get_zone}
