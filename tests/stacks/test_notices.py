"""What others must do before a spec can be deployed."""

import pytest

from stacks.project import Project
from stacks.sessions.preconditions import spec_notices
from stacks.spec.check import load
from stacks.spec.notices import notices
from tests.stacks.documents import ROOT


def test_holders_of_keys_are_told_and_nobody_else() -> None:
    spec = load(ROOT / "Pulumi.acme.yaml")
    [policies] = notices(spec, "acme")
    assert "(code, index)" in policies
    assert "`codekeep key-policy acme`" in policies
    assert "222233334444" in policies


@pytest.mark.parametrize("stack", ["demo", "pico", "platform-eu-central-1"])
def test_a_keep_with_its_own_keys_asks_nobody(stack: str) -> None:
    assert notices(load(ROOT / f"Pulumi.{stack}.yaml"), stack) == []


def test_up_says_the_same_as_the_check_of_the_spec() -> None:
    assert spec_notices(Project.find(), "acme") == notices(load(ROOT / "Pulumi.acme.yaml"), "acme")
