"""The provider's functions that a recording answers without a cloud, in every partition."""

import botocore.loaders
import pytest

from policies.graph.invokes import ProviderScope, answer

PARTITIONS = botocore.loaders.create_loader().load_data("partitions")["partitions"]
REGIONS = {region: each for each in PARTITIONS for region in each["regions"] if "global" not in region}
FUNCTION = "aws:index/get{0}:get{0}"


@pytest.mark.parametrize("region", REGIONS)
def test_what_a_region_says_of_its_partition_is_what_botocore_has(region: str) -> None:
    scope, partition = ProviderScope(region=region, account_id="111122223333"), REGIONS[region]
    suffix = partition["outputs"]["dnsSuffix"]
    found = answer(FUNCTION.format("Partition"), {}, scope)
    assert (found["partition"], found["dnsSuffix"]) == (partition["id"], suffix)
    assert found["reverseDnsPrefix"].split(".") == suffix.split(".")[::-1]
    assert answer(FUNCTION.format("CallerIdentity"), {}, scope)["arn"].startswith(f"arn:{partition['id']}:iam::1111")
    assert answer(FUNCTION.format("Region"), {}, scope)["endpoint"] == f"ec2.{region}.{suffix}"
