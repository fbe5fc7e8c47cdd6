"""Each fault, put back, is refused in AWS's words or found before AWS is asked; without it the keep passes."""

from string import ascii_lowercase

import pytest

from tests.faults.account import Accounts
from tests.faults.fault import Fault, Judge
from tests.faults.table import FAULTS

LETTERS = set(ascii_lowercase[: ascii_lowercase.index("k") + 1])
REFUSED_BY_AWS = {"a", "b", "c", "h", "i", "j"}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_that_is_put_back_is_found(fault: Fault, accounts: Accounts) -> None:
    assert list(fault.says(False, accounts)) == []
    found = list(fault.says(True, accounts))
    assert any(fault.words in each for each in found), found


def test_every_fault_has_a_row_and_aws_refuses_those_that_it_would() -> None:
    assert {each.letter for each in FAULTS} == LETTERS
    assert {each.letter for each in FAULTS if each.judge is Judge.SANDBOX} == REFUSED_BY_AWS
    assert len({str(each) for each in FAULTS}) == len(FAULTS) >= 50
    assert all(each.words for each in FAULTS)
