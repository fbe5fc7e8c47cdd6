"""What AWS offers where: instance types by region, types without dedicated hosts, types of OpenSearch nodes.

`offerings.json` is generated: `python -m stacks.spec.offerings`. It is as old as moto's copy of AWS's answers, and AWS
adds types to regions all the time: `up` asks the account itself (stacks/sessions/offered_types.py).
"""

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from stacks.spec.instances import INSTANCE_TYPES
from stacks.spec.regions import REGIONS

TABLE = Path(__file__).with_name("offerings.json")
RENEW = "python -m stacks.spec.offerings"

DOUBTS: dict[str, tuple[frozenset[str], str]] = {
    "p4de.24xlarge": (
        frozenset({"us-east-1", "us-west-2"}),
        "AWS announced it for N. Virginia and Oregon; only moto's copy names further regions",  # not looked up again
    ),
}
"""Types of which another source says less than the table: the regions that it names, and the source."""


_TO_16XLARGE = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
LATER_SEARCH_TYPES: dict[str, tuple[str, ...]] = {
    "c7g": _TO_16XLARGE,
    "m7g": ("medium", *_TO_16XLARGE),
    "r7g": ("medium", *_TO_16XLARGE),
    "r7gd": _TO_16XLARGE,
    "or2": ("medium", *_TO_16XLARGE),
    "om2": _TO_16XLARGE,
    "im4gn": ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"),
}
"""Types of OpenSearch nodes that the API model does not list, by family: those of Amazon OpenSearch Service Developer
Guide, "EBS volume size quotas", looked up 2026-12-01. Which region has them, the account says.
"""


@dataclass(frozen=True, kw_only=True)
class Offerings:
    """The table. A region that it does not know offers nothing that could be said."""

    source: str
    generated: str
    not_offered: dict[str, frozenset[str]]
    without_hosts: frozenset[str]
    search_types: frozenset[str]

    def offers(self, instance_type: str, region: str) -> bool:
        """Whether the region offers the type; so too where the table does not know the type."""
        return region not in self.not_offered.get(instance_type, frozenset())

    def doubt(self, instance_type: str, region: str) -> str | None:
        """Why the table may be wrong about a type that it calls offered; None where no source contradicts it."""
        certain, reason = DOUBTS.get(instance_type, (REGIONS, ""))
        return None if region in certain or not self.offers(instance_type, region) else reason


@cache
def offerings() -> Offerings:
    """The committed table."""
    document = json.loads(TABLE.read_text())
    return Offerings(
        source=document["source"],
        generated=document["generated"],
        not_offered={name: frozenset(regions) for name, regions in document["not_offered"].items()},
        without_hosts=frozenset(document["without_hosts"]),
        search_types=frozenset(document["search_types"]),
    )


def generate() -> dict[str, Any]:
    """The table from moto's copies of DescribeInstanceTypeOfferings and DescribeInstanceTypes, and botocore's model."""
    import botocore.session  # noqa: PLC0415 - the spec itself needs neither
    import moto  # noqa: PLC0415

    folder = Path(moto.__file__).parent / "ec2" / "resources"
    details = _read(folder / "instance_types.json.gz")
    offered = {
        region: {each["InstanceType"] for each in _read(folder / f"instance_type_offerings/region/{region}.json.gz")}
        for region in sorted(REGIONS)
    }
    search = botocore.session.get_session().get_service_model("opensearch").shape_for("OpenSearchPartitionInstanceType")
    later = [f"{family}.{size}.search" for family, sizes in LATER_SEARCH_TYPES.items() for size in sizes]
    missing = {name: [region for region in offered if name not in offered[region]] for name in sorted(INSTANCE_TYPES)}
    return {
        "source": f"moto {version('moto')} (instance_type_offerings/region, instance_types), botocore "
        f"{version('botocore')} (OpenSearchPartitionInstanceType), LATER_SEARCH_TYPES",
        "generated": datetime.now(UTC).date().isoformat(),
        "not_offered": {name: regions for name, regions in missing.items() if regions},
        "without_hosts": sorted(name for name in INSTANCE_TYPES if not details[name]["DedicatedHostsSupported"]),
        "search_types": sorted({*search.metadata["enum"], *later}),
    }


def _read(file: Path) -> Any:
    with gzip.open(file) as stream:
        return json.load(stream)


if __name__ == "__main__":
    TABLE.write_text(json.dumps(generate(), indent=1) + "\n")
