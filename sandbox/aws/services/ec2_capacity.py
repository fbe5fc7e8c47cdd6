"""Tenancy of hardware: dedicated hosts; placement groups and capacity reservations, which moto does not emulate."""

import hashlib

from sandbox.aws.recorded import ID_DIGITS, RecordedResource, new_id
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, arn, given, one, retag, tag_map, tag_specification


class DedicatedHost(LiveResource):
    token = "aws:ec2/dedicatedHost:DedicatedHost"
    kept = frozenset({"assetId", "outpostArn"})
    ATTRIBUTES = {
        "AutoPlacement": "autoPlacement",
        "HostRecovery": "hostRecovery",
        "InstanceFamily": "instanceFamily",
        "InstanceType": "instanceType",
    }

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("ec2").allocate_hosts(
            Quantity=1,
            AvailabilityZone=inputs["availabilityZone"],
            **given(inputs, **self.ATTRIBUTES),
            **tag_specification("dedicated-host", inputs.get("tags")),
        )
        return str(answer["HostIds"][0])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        host = one(api.client("ec2").describe_hosts, "Hosts", HostIds=[id])
        if host is None or host["State"] in ("released", "released-permanent-failure"):
            return None
        properties = host.get("HostProperties", {})
        return {
            "arn": arn(api, "ec2", f"dedicated-host/{id}"),
            "ownerId": api.account_id,
            "availabilityZone": host["AvailabilityZone"],
            "autoPlacement": host["AutoPlacement"],
            "hostRecovery": host["HostRecovery"],
            "instanceFamily": properties.get("InstanceFamily"),
            "instanceType": properties.get("InstanceType"),
            "tags": tag_map(host.get("Tags")),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ec2 = api.client("ec2")
        wanted = {argument: name for argument, name in self.ATTRIBUTES.items() if name in changed}
        if arguments := given(new, **wanted):
            ec2.modify_hosts(HostIds=[id], **arguments)
        retag(ec2, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        if one(api.client("ec2").describe_hosts, "Hosts", HostIds=[id]):
            api.client("ec2").release_hosts(HostIds=[id])


class PlacementGroup(RecordedResource):
    token = "aws:ec2/placementGroup:PlacementGroup"
    auto_name = "name"
    taken = "InvalidPlacementGroup.Duplicate"

    def identity(self, api: Api, inputs: Props) -> str:
        return str(inputs["name"])

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        digest = hashlib.sha256(f"{api.account_id}/{api.region}/{id}".encode()).hexdigest()[:ID_DIGITS]
        return {"arn": arn(api, "ec2", f"placement-group/{id}"), "placementGroupId": f"pg-{digest}"}


class CapacityReservation(RecordedResource):
    token = "aws:ec2/capacityReservation:CapacityReservation"

    def identity(self, api: Api, inputs: Props) -> str:
        return new_id("cr")

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"arn": arn(api, "ec2", f"capacity-reservation/{id}"), "ownerId": api.account_id}
