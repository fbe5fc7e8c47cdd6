"""What a gp3 volume of a search domain must deliver: OpenSearch Service refuses less for its size."""

from dataclasses import dataclass
from math import ceil

# AWS's pricing calculator for OpenSearch Service, quoted in hashicorp/terraform-provider-aws issue 39136 (2024-11-26):
# 250 MiB/s for each started 3,000 GB and 3 IOPS a GB, at least 3,000, are required and cost nothing beside the storage.
STEP_GIB = 3_000
STEP_THROUGHPUT_MIBPS, MAX_THROUGHPUT_MIBPS = 250, 1_000
IOPS_PER_GIB, MIN_IOPS, MAX_IOPS = 3, 3_000, 16_000

# What EC2's DescribeInstanceTypes says of the fastest connection to volumes, as moto 5.2.5 records it: 593.75 MB/s up
# to 4xlarge of these families, which fits "Throughput must be between 250 and 593". Newer families have 1,250.
INSTANCE_MIBPS = {"m6g": 593, "r6g": 593, "t3": 260}
SMALL_SIZES = frozenset({"small", "medium", "large", "xlarge", "2xlarge", "4xlarge"})


@dataclass(frozen=True, kw_only=True)
class SearchVolume:
    """Performance of the gp3 volume of one data node."""

    throughput_mibps: int
    iops: int


def search_volume(instance_type: str, volume_gib: int) -> SearchVolume:
    """The least that AWS accepts for the size, which is also what the storage's price includes.

    Raises:
        ValueError: the instance type cannot deliver it.
    """
    throughput = min(MAX_THROUGHPUT_MIBPS, STEP_THROUGHPUT_MIBPS * ceil(volume_gib / STEP_GIB))
    family, size = instance_type.split(".")[:2]
    most = INSTANCE_MIBPS.get(family, MAX_THROUGHPUT_MIBPS) if size in SMALL_SIZES else MAX_THROUGHPUT_MIBPS
    if throughput > most:
        steps = most // STEP_THROUGHPUT_MIBPS
        raise ValueError(
            f"volume_gib of {volume_gib} needs {throughput} MiB/s and {instance_type} delivers at most {most}; "
            f"take more instances with at most {steps * STEP_GIB} GiB each, or another family like r7g"
        )
    return SearchVolume(throughput_mibps=throughput, iops=max(MIN_IOPS, min(MAX_IOPS, IOPS_PER_GIB * volume_gib)))
