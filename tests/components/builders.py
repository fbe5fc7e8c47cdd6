"""Fake inputs of components. Call them inside a recorded program, whose event loop resolves their Outputs."""

from collections.abc import Mapping, Sequence

import pulumi

from components.arns import arn
from components.keys.key_ring import STORED_CLASSES, KeyRing
from components.naming import DataClass
from components.network.endpoints import INTERFACE_SERVICES
from components.network.network_ref import NetworkRef
from tests.components.recording import ACCOUNT, REGION

RECOVERY_REGION = "eu-west-1"
ZONES = tuple(REGION + letter for letter in "abc")
RECOVERY_ZONES = tuple(RECOVERY_REGION + letter for letter in "abc")
RETENTION_DAYS: Mapping[DataClass, int] = {
    DataClass.CODE: 14,
    DataClass.INDEX: 30,
    DataClass.MODEL: 365,
    DataClass.EVAL: 180,
    DataClass.AUDIT: 400,
    DataClass.LOG: 90,
}


def known(value: str) -> pulumi.Output[str]:
    return pulumi.Output.from_input(value)


def key_arn(data_class: DataClass, region: str = REGION) -> str:
    return arn("kms", f"key/{data_class.value}", region=region, account_id=ACCOUNT)


def fake_keys(*, replicas: bool = False) -> KeyRing:
    return KeyRing(
        arns={each: known(key_arn(each)) for each in STORED_CLASSES},
        replica_arns={each: known(key_arn(each, RECOVERY_REGION)) for each in STORED_CLASSES} if replicas else {},
    )


def fake_network(zones: Sequence[str] = ZONES) -> NetworkRef:
    return NetworkRef(
        vpc_id=known("vpc-1"),
        cidr=known("10.64.0.0/16"),
        zones=zones,
        private_subnet_ids=[known(f"subnet-private-{zone}") for zone in zones],
        endpoint_subnet_ids=[known(f"subnet-endpoint-{zone}") for zone in zones],
        private_cidrs=[known(f"10.64.{64 * index}.0/18") for index in range(len(zones))],
        endpoint_cidrs=[known(f"10.64.192.{64 * index}/26") for index in range(len(zones))],
        route_table_ids=[known(f"rtb-{zone}") for zone in zones],
        endpoint_security_group_id=known("sg-endpoints"),
        s3_endpoint_id=known("vpce-s3"),
        interface_endpoint_ids={service: known(f"vpce-{service}") for service in INTERFACE_SERVICES},
    )
