"""gp3 volumes of a search domain deliver what OpenSearch Service asks for their size."""

import pytest

from components.storage.search_volume import search_volume


@pytest.mark.parametrize(
    ("volume_gib", "throughput", "iops"),
    [(20, 250, 3_000), (200, 250, 3_000), (1_000, 250, 3_000), (1_400, 250, 4_200), (3_000, 250, 9_000),
     (3_001, 500, 9_003), (6_144, 750, 16_000), (16_384, 1_000, 16_000)],
)  # fmt: skip
def test_performance_follows_the_size(volume_gib, throughput, iops):
    found = search_volume("r7g.xlarge.search", volume_gib)
    assert (found.throughput_mibps, found.iops) == (throughput, iops)


def test_a_type_that_is_too_slow_is_named_with_the_remedy():
    assert search_volume("r6g.large.search", 6_000).throughput_mibps == 500
    with pytest.raises(ValueError, match=r"r6g.large.search delivers at most 593; .* 6000 GiB each"):
        search_volume("r6g.large.search", 6_001)
    assert search_volume("r6g.8xlarge.search", 6_001).throughput_mibps == 750
