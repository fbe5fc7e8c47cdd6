"""`--policy-pack` and `--policy-pack-config` belong together, in order."""

from pathlib import Path

import pytest

from stacks.cli.engines import PolicyPack, policy_packs_of
from stacks.cli.errors import BadInputError

ONE, TWO, CONFIG = Path("/packs/one"), Path("/packs/two"), Path("/packs/one.json")


def test_packs_are_configured_in_their_order_or_not_at_all() -> None:
    assert policy_packs_of([ONE, TWO], []) == (PolicyPack(folder=ONE), PolicyPack(folder=TWO))
    assert policy_packs_of([ONE], [CONFIG]) == (PolicyPack(folder=ONE, config=CONFIG),)


def test_a_configuration_too_few_is_told() -> None:
    with pytest.raises(BadInputError, match=r"once for each --policy-pack \(2\) or not at all, got 1"):
        policy_packs_of([ONE, TWO], [CONFIG])
