"""`--policy-pack` and `--policy-pack-config` belong together, in order."""

from pathlib import Path

import pytest
from codekeep_contracts.faults import UsageFault

from stacks.cli.deploy import pair_policy_packs
from stacks.engines.engine import PolicyPack

ONE, TWO, CONFIG = Path("/packs/one"), Path("/packs/two"), Path("/packs/one.json")


def test_packs_are_configured_in_their_order_or_none_is() -> None:
    assert pair_policy_packs([ONE, TWO], []) == (PolicyPack(folder=ONE), PolicyPack(folder=TWO))
    assert pair_policy_packs([ONE], [CONFIG]) == (PolicyPack(folder=ONE, config=CONFIG),)


def test_a_missing_configuration_is_an_error() -> None:
    with pytest.raises(UsageFault, match=r"once for each --policy-pack \(2\) or not at all, got 1"):
        pair_policy_packs([ONE, TWO], [CONFIG])
