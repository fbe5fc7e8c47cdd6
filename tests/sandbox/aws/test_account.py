"""Look-ups of the provider's own account."""

import pytest

from tests.sandbox.aws.harness import ProviderError


def test_the_provider_knows_its_region_and_account(plugin):
    assert plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "123456789012"
    assert plugin.invoke("aws:index/getPartition:getPartition", {})["dnsSuffix"] == "amazonaws.com"
    assert plugin.invoke("aws:index/getRegion:getRegion", {})["name"] == "eu-central-1"
    assert plugin.invoke("aws:index/getRegion:getRegion", {"region": "eu-west-1"})["name"] == "eu-west-1"
    with pytest.raises(ProviderError, match="no region 'eu-center-1'; known: "):
        plugin.invoke("aws:index/getRegion:getRegion", {"name": "eu-center-1"})


def test_zones_are_sorted_and_can_be_excluded(plugin):
    token = "aws:index/getAvailabilityZones:getAvailabilityZones"
    names = plugin.invoke(token, {"state": "available"})["names"]
    assert names == ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
    assert plugin.invoke(token, {"excludeNames": ["eu-central-1b"]})["names"] == ["eu-central-1a", "eu-central-1c"]
