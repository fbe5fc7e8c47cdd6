"""Hosted zones, their VPCs, and query logging of public ones. DNS is global: nothing has a region."""

import uuid
from collections.abc import Mapping
from typing import Any

from awsread.services.route53 import ASSOCIATION, bare_id
from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.live import LiveResource, args_of, tag_list

OWN_TYPES = ("NS", "SOA")  # records every zone starts with


class Zone(LiveResource):
    token = "aws:route53/zone:Zone"
    auto_name = "name"
    in_ledger = frozenset({"forceDestroy", "enableAcceleratedRecovery"})

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
            **args_of(inputs, DelegationSetId="delegationSetId"),
        )
        return bare_id(answer["HostedZone"]["Id"])

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        for vpc in (inputs.get("vpcs") or [])[1:]:
            associate(api, id, vpc)
        self.retag(api, id, {}, inputs)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        route53 = api.client("route53")
        if "comment" in changed:
            route53.update_hosted_zone_comment(Id=id, Comment=new.get("comment", ""))
        if "vpcs" in changed:
            before = {vpc["vpcId"]: vpc for vpc in old.get("vpcs") or ()}
            after = {vpc["vpcId"]: vpc for vpc in new.get("vpcs") or ()}
            for vpc_id in sorted(after.keys() - before.keys()):  # new ones first: a private zone always has a VPC
                associate(api, id, after[vpc_id])
            for vpc_id in sorted(before.keys() - after.keys()):
                dissociate(api, id, before[vpc_id])
        self.retag(api, id, old, new)

    def retag(self, api: Api, id: str, old: Props, new: Props, **more: str) -> None:
        before, after = old.get("tags") or {}, new.get("tags") or {}
        arguments: Props = {}
        if added := {key: value for key, value in after.items() if before.get(key) != value}:
            arguments["AddTags"] = tag_list(added)
        if stale := [key for key in before if key not in after]:
            arguments["RemoveTagKeys"] = stale
        if arguments:
            target = {"ResourceType": "hostedzone", "ResourceId": id}
            api.client("route53").change_tags_for_resource(**target, **arguments)

    def remove(self, api: Api, id: str, state: Props) -> None:
        route53 = api.client("route53")
        if state.get("forceDestroy"):
            _empty(route53, id)
        route53.delete_hosted_zone(Id=id)


class ZoneAssociation(LiveResource):
    """A further VPC of a private zone; its id is `<zone>:<vpc>`, with `:<region>` where the VPC is elsewhere."""

    token = ASSOCIATION

    def make(self, api: Api, inputs: Props) -> str:
        associate(api, inputs["zoneId"], inputs)
        elsewhere = f":{inputs['vpcRegion']}" if inputs.get("vpcRegion", api.region) != api.region else ""
        return f"{inputs['zoneId']}:{inputs['vpcId']}{elsewhere}"

    def owner_facts(self, found: Props) -> Props:
        return {"zoneId": found["zoneId"], "vpcId": found["vpcId"]}

    def remove(self, api: Api, id: str, state: Props) -> None:
        if self.read_live(api, id, state) is not None:
            dissociate(api, state["zoneId"], state)


class QueryLog(LiveResource):
    """Query logging of a public zone into a log group of us-east-1."""

    token = "aws:route53/queryLog:QueryLog"
    service = "route53"
    deletion = ("delete_query_logging_config", "Id")
    delete_before_replace = True  # one per zone

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("route53").create_query_logging_config(
            HostedZoneId=inputs["zoneId"],
            CloudWatchLogsLogGroupArn=f"{inputs['cloudwatchLogGroupArn'].removesuffix(':*')}:*",
        )
        return str(answer["QueryLoggingConfig"]["Id"])


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
    found = [live for id in candidates if (live := Zone().read_live(api, id, {})) and _fits(live, arguments)]
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


def associate(api: Api, zone_id: str, vpc: Props) -> None:
    api.client("route53").associate_vpc_with_hosted_zone(HostedZoneId=zone_id, VPC=_vpc(vpc, api))


def dissociate(api: Api, zone_id: str, vpc: Props) -> None:
    api.client("route53").disassociate_vpc_from_hosted_zone(HostedZoneId=zone_id, VPC=_vpc(vpc, api))


def _vpc(vpc: Props, api: Api) -> Props:
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion") or api.region}


def _empty(route53: Any, id: str) -> None:
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=id)
    records = [record for page in pages for record in page["ResourceRecordSets"] if record["Type"] not in OWN_TYPES]
    changes = [{"Action": "DELETE", "ResourceRecordSet": record} for record in records]
    if changes:
        route53.change_resource_record_sets(HostedZoneId=id, ChangeBatch={"Changes": changes})


def _fits(zone: Mapping[str, Any], arguments: Props) -> bool:
    tags = (arguments.get("tags") or {}).items() <= zone["tags"].items()
    vpc_id = arguments.get("vpcId")
    return tags and (not vpc_id or any(vpc["vpcId"] == vpc_id for vpc in zone["vpcs"]))


FUNCTIONS: Mapping[str, Function] = {"aws:route53/getZone:getZone": get_zone}
