"""Results of the provider functions that need no cloud: account, region, partition. Others stay unknown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from awsread.reader import DNS_SUFFIXES, partition_of

Props = Mapping[str, Any]
EXAMPLE_RANGE = "192.0.2.0/24"  # RFC 5737


@dataclass(frozen=True, kw_only=True)
class ProviderScope:
    """Region and account that the provider of the call is configured with; None where it names none."""

    region: str | None
    account_id: str | None


def answer(token: str, arguments: Props, scope: ProviderScope) -> Props | None:
    """The function's result, or None where only the cloud knows it."""
    function = _OFFLINE.get(token)
    return function(arguments, scope) if function else None


def _caller_identity(_: Props, scope: ProviderScope) -> Props | None:
    if scope.account_id is None:
        return None
    account = scope.account_id
    partition = partition_of(scope.region or "")
    return {
        "accountId": account,
        "arn": f"arn:{partition}:iam::{account}:root",
        "id": account,
        "userId": account,
    }


def _partition(_: Props, scope: ProviderScope) -> Props | None:
    if scope.region is None:
        return None
    partition = partition_of(scope.region)
    suffix = DNS_SUFFIXES[partition]
    reverse = ".".join(reversed(suffix.split(".")))
    return {"partition": partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse, "id": partition}


def _region(arguments: Props, scope: ProviderScope) -> Props | None:
    region = arguments.get("region") or arguments.get("name") or scope.region
    if region is None:
        return None
    suffix = DNS_SUFFIXES[partition_of(region)]
    return {"region": region, "name": region, "id": region, "description": region, "endpoint": f"ec2.{region}.{suffix}"}


def _availability_zones(arguments: Props, scope: ProviderScope) -> Props | None:
    region = arguments.get("region") or scope.region
    if region is None:
        return None
    zones = [f"{region}{letter}" for letter in "abc"]
    return {"names": zones, "groupNames": [region], "region": region, "id": region}


def _managed_prefix_list(arguments: Props, scope: ProviderScope) -> Props | None:
    """AWS's own lists by name. Only AWS knows their ranges: one that is reserved for examples replaces them."""
    name = arguments.get("name")
    if scope.region is None or not isinstance(name, str) or not name.startswith("com.amazonaws."):
        return None
    entries = [{"cidr": EXAMPLE_RANGE, "description": name}]
    return {"name": name, "entries": entries, "addressFamily": "IPv4", "maxEntries": 0, "ownerId": "AWS", "id": name}


_OFFLINE: Mapping[str, Callable[[Props, ProviderScope], Props | None]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": _managed_prefix_list,
}
