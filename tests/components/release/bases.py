"""The base of a release, for tests of its components."""

import pulumi
from codekeep_contracts.images import REPOSITORIES

from components.naming import Tier
from components.release.base import ReleaseBase, by_digest
from tests.components.conftest import make_keep
from tests.components.recording import ACCOUNT, REGION

DIGEST = f"sha256:{'ab' * 32}"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"


def make_base(tier: Tier = Tier.DEDICATED, tenant: str = "acme") -> ReleaseBase:
    """Call it inside a recorded program, whose event loop resolves its Outputs."""
    keep = make_keep(tier, tenant)
    return ReleaseBase(
        keep=keep,
        namespace=pulumi.Output.from_input(keep.physical()),
        version="1.4.0",
        images={name: by_digest(f"{REGISTRY}/{keep.physical(name)}", DIGEST) for name in REPOSITORIES},
    )
