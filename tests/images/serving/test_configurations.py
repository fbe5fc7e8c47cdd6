"""Each serving configuration of the table gets its verdict."""

import pytest

from images.serving import ServingError, check_trtllm
from tests.images.serving.configurations import CONFIGURATIONS, FITS, MODEL, OPTIONS, YAML, Configuration

RIGHT = [known for known in CONFIGURATIONS if known.fault is None]
WRONG = [known for known in CONFIGURATIONS if known.fault is not None]


def test_there_are_many_of_both_kinds() -> None:
    assert len(CONFIGURATIONS) >= 30
    assert len({known.name for known in CONFIGURATIONS}) == len(CONFIGURATIONS)
    assert len(RIGHT) >= 12
    assert len(WRONG) >= 30
    assert len(OPTIONS) >= 15
    assert len(FITS) >= 15


@pytest.mark.parametrize("known", RIGHT, ids=lambda known: known.name)
def test_a_right_configuration_is_accepted(known: Configuration) -> None:
    assert known.judge() is not None


@pytest.mark.parametrize("known", WRONG, ids=lambda known: known.name)
def test_a_wrong_configuration_is_refused_by_the_field_that_is_wrong(known: Configuration) -> None:
    with pytest.raises(ServingError) as refused:
        known.judge()
    assert known.fault in {fault.field for fault in refused.value.problems}
    assert len(refused.value.problems) == 1, str(refused.value)
    for word in known.words:
        assert word in str(refused.value)
    assert all(fault.got and fault.allowed and fault.remedy for fault in refused.value.problems)


def test_all_faults_come_at_once() -> None:
    document = {**YAML, "enable_block_reuse": True, "max_seq_len": 0}
    with pytest.raises(ServingError) as refused:
        check_trtllm(document, (MODEL, "--tp_size", "2"))
    assert [fault.field for fault in refused.value.problems] == [
        "--tp_size",
        "--host",
        "--config",
        "max_seq_len",
        "enable_block_reuse",
    ]
