"""Properties of every reader, and the spelling of answers. tests/sandbox/aws tests the types themselves."""

import json
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.loaders
import pytest
from botocore.stub import Stubber

from awsread.answers import same_json, same_set, tag_map
from awsread.reader import ALWAYS_FIXED, DNS_SUFFIXES, all_readers, partition_of, read, reader_of
from awsread.schema import schema_of

READERS = all_readers()
TABLE = {
    "RouteTableId": "rtb-1",
    "VpcId": "vpc-1",
    "Routes": [
        {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"},
        {"DestinationCidrBlock": "10.1.0.0/16", "NatGatewayId": "nat-1"},
        {"DestinationCidrBlock": "10.2.0.0/16", "NatGatewayId": "nat-2"},
    ],
}


@dataclass
class Region:
    """A region whose EC2 client returns stubbed answers."""

    declares: dict[str, list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)
    region: str = "eu-central-1"
    account_id: str = "111122223333"
    partition: str = "aws"

    def __post_init__(self) -> None:
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        self.ec2 = boto3.client("ec2", region_name=self.region, **keys)

    def client(self, service: str, region: str | None = None) -> Any:
        assert (service, region) == ("ec2", None)
        return self.ec2

    def declared(self, token: str) -> list[tuple[str, dict[str, Any]]]:
        return self.declares.get(token, [])


@pytest.mark.parametrize("token", sorted(READERS))
def test_fixed_names_of_a_reader_are_inputs(token):
    assert READERS[token].fixed - ALWAYS_FIXED <= schema_of(token).inputs.properties.keys()


def test_a_reader_can_read_by_id_alone():
    region = Region()
    with Stubber(region.ec2) as stub:
        stub.add_response("describe_route_tables", {"RouteTables": [TABLE]})
        found = read("aws:ec2/routeTable:RouteTable", region, "rtb-1", {})
    assert found is not None
    assert found["arn"] == "arn:aws:ec2:eu-central-1:111122223333:route-table/rtb-1"
    assert [route["natGatewayId"] for route in found["routes"]] == ["nat-1", "nat-2"]


def test_separate_resources_are_not_reported_inline():
    route = {"routeTableId": "rtb-1", "destinationCidrBlock": "10.2.0.0/16", "natGatewayId": "nat-2"}
    region = Region(declares={"aws:ec2/route:Route": [("r-rtb-1", route)]})
    with Stubber(region.ec2) as stub:
        stub.add_response("describe_route_tables", {"RouteTables": [TABLE]})
        found = read("aws:ec2/routeTable:RouteTable", region, "rtb-1", {})
    assert found is not None
    assert [route["cidrBlock"] for route in found["routes"]] == ["10.1.0.0/16"]


def test_a_missing_resource_reads_as_none():
    region = Region()
    with Stubber(region.ec2) as stub:
        stub.add_client_error("describe_vpcs", "InvalidVpcID.NotFound")
        assert read("aws:ec2/vpc:Vpc", region, "vpc-1", {}) is None


def test_unread_inputs_do_not_count_as_unchanged():
    reader = reader_of("aws:kms/key:Key")
    assert reader is not None
    known = {"deletionWindowInDays": 30, "policy": "{}", "isEnabled": True}
    assert reader.unread(known, {"isEnabled": True, "policy": None}) == {"policy"}


def test_only_readers_of_secrets_are_marked():
    assert {token for token, reader in READERS.items() if reader.is_secret} == {
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:ssm/parameter:Parameter",
    }


def test_a_type_without_a_reader_is_an_error():
    assert reader_of("aws:none/none:None") is None
    with pytest.raises(LookupError, match="awsread does not read aws:none/none:None"):
        read("aws:none/none:None", Region(), "x", {})


@pytest.mark.parametrize("names", ["Key Value", "key value", "TagKey TagValue"])
def test_tags_of_every_format_become_a_map(names):
    key, value = names.split()
    tags = [{key: "a", value: "b"}, {key: "aws:x", value: "b"}]
    assert tag_map(tags) == tag_map({"a": "b", "aws:x": "b"}) == {"a": "b"}


def test_values_keep_the_states_spelling_if_the_meaning_is_equal():
    assert same_set(["b", "a"], ["a", "b"]) == ["b", "a"]
    assert same_set(["b", "a"], ["c", "a"]) == ["a", "c"]
    assert same_json('{"a":  1}', {"a": 1}) == '{"a":  1}'
    assert json.loads(same_json('{"a": 1}', {"a": 2}) or "") == {"a": 2}


def test_partitions_follow_from_regions():
    """botocore has every region of every partition, and its DNS suffix."""
    found = botocore.loaders.create_loader().load_data("partitions")["partitions"]
    assert {each["id"]: each["outputs"]["dnsSuffix"] for each in found} == DNS_SUFFIXES
    regions = {region: each["id"] for each in found for region in each["regions"] if "global" not in region}
    assert len(regions) > 40
    assert {region: partition_of(region) for region in regions} == regions
