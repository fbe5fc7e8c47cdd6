"""Fixtures of component tests; recording.py describes what `record` returns."""

from collections.abc import Callable

import pytest

from components.naming import Keep, Tier
from tests.components.recording import ACCOUNT, REGION


def make_keep(tier: Tier = Tier.DEDICATED, tenant: str = "acme", region: str = REGION) -> Keep:
    return Keep(
        tenant=tenant,
        tier=tier,
        region=region,
        account_id=ACCOUNT,
        deployer_role_arn=f"arn:aws:iam::{ACCOUNT}:role/codekeep-deployer",
        spec_digest="0123456789ab",
        extra_tags={"cost-centre": "42"},
    )


@pytest.fixture
def keep() -> Keep:
    """A dedicated keep."""
    return make_keep()


@pytest.fixture
def keep_of() -> Callable[..., Keep]:
    return make_keep
