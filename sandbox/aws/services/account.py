"""Look-ups of the provider's own account, region, partition and zones (package folder `index`)."""

from collections.abc import Mapping
from typing import Any

from awsread.reader import DNS_SUFFIXES
from sandbox.aws.errors import StandInError
from sandbox.aws.resource import Api, Function, Props


def get_caller_identity(api: Api, arguments: Props) -> Props:
    found = api.client("sts").get_caller_identity()
    return {"accountId": found["Account"], "arn": found["Arn"], "id": found["Account"], "userId": found["UserId"]}


def get_partition(api: Api, arguments: Props) -> Props:
    suffix = DNS_SUFFIXES[api.partition]
    return {
        "partition": api.partition,
        "id": api.partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def get_region(api: Api, arguments: Props) -> Props:
    """The provider's region, or the one with the given name or endpoint."""
    from sandbox.aws.clients import known_regions  # noqa: PLC0415 - a preview never gets here

    wanted = arguments.get("name") or str(arguments.get("endpoint", "")).removeprefix("ec2.").partition(".")[0]
    name = wanted or api.region
    known = known_regions(api.partition)
    if name not in known:
        raise StandInError(f"getRegion: no region {name!r}; known: {', '.join(sorted(known))}")
    endpoint = f"ec2.{name}.{DNS_SUFFIXES[api.partition]}"
    return {"name": name, "region": name, "id": name, "description": name, "endpoint": endpoint}


def get_availability_zones(api: Api, arguments: Props) -> Props:
    """Zones in the order of their names."""
    filters = [{"Name": item["name"], "Values": item["values"]} for item in arguments.get("filters") or []]
    if arguments.get("state"):
        filters.append({"Name": "state", "Values": [arguments["state"]]})
    found = api.client("ec2").describe_availability_zones(
        AllAvailabilityZones=bool(arguments.get("allAvailabilityZones")), Filters=filters
    )["AvailabilityZones"]
    left = [zone for zone in sorted(found, key=_zone_name) if not _excluded(zone, arguments)]
    return {
        **arguments,
        "id": api.region,
        "region": api.region,
        "names": [zone["ZoneName"] for zone in left],
        "zoneIds": [zone["ZoneId"] for zone in left],
        "groupNames": sorted({zone.get("GroupName", api.region) for zone in left}),
    }


def _zone_name(zone: Mapping[str, Any]) -> str:
    return str(zone["ZoneName"])


def _excluded(zone: Mapping[str, Any], arguments: Props) -> bool:
    return zone["ZoneName"] in (arguments.get("excludeNames") or []) or zone["ZoneId"] in (
        arguments.get("excludeZoneIds") or []
    )


FUNCTIONS: Mapping[str, Function] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": get_availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": get_caller_identity,
    "aws:index/getPartition:getPartition": get_partition,
    "aws:index/getRegion:getRegion": get_region,
}
