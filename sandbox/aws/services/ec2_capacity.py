"""Dedicated hosts; placement groups and capacity reservations, which moto does not emulate."""

import hashlib

from awsread.answers import arn
from sandbox.aws.recorded import ID_DIGITS, RecordedResource
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource
from sandbox.aws.services.requests import call


class DedicatedHost(LiveResource):
    token = "aws:ec2/dedicatedHost:DedicatedHost"
    service, tag_kind = "ec2", "dedicated-host"
    creation = ("allocate_hosts", "HostIds.0")
    deletion = ("release_hosts", "HostIds")
    in_ledger = frozenset({"assetId", "outpostArn"})

    def make(self, api: Api, inputs: Props) -> str:
        plain = {name: value for name, value in inputs.items() if name not in self.in_ledger}
        return super().make(api, {**plain, "quantity": 1})

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        modified = {name: new.get(name) for name in changed - {"tags"} - self.in_ledger}
        if modified:
            call(api.client("ec2"), "modify_hosts", modified, HostIds=[id])
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        if api.client("ec2").describe_hosts(HostIds=[id])["Hosts"]:
            super().remove(api, id, state)


class PlacementGroup(RecordedResource):
    token = "aws:ec2/placementGroup:PlacementGroup"
    auto_name = "name"
    conflict_code = "InvalidPlacementGroup.Duplicate"
    id_input = "name"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        digest = hashlib.sha256(f"{api.account_id}/{api.region}/{id}".encode()).hexdigest()[:ID_DIGITS]
        return {"arn": arn(api, "ec2", f"placement-group/{id}"), "placementGroupId": f"pg-{digest}"}


class CapacityReservation(RecordedResource):
    token = "aws:ec2/capacityReservation:CapacityReservation"

    id_prefix = "cr"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"arn": arn(api, "ec2", f"capacity-reservation/{id}"), "ownerId": api.account_id}
