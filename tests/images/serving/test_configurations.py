"""Each serving configuration has the problem that it should have, or none."""

import pytest

from images.serving import ServingError, check_trtllm
from tests.images.serving.configurations import CONFIGURATIONS, FITS, MODEL, OPTIONS, YAML, Configuration

RIGHT = [known for known in CONFIGURATIONS if known.field is None]
WRONG = [known for known in CONFIGURATIONS if known.field is not None]


def test_there_are_many_valid_and_invalid_configurations() -> None:
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
    assert known.field in {problem.field for problem in refused.value.problems}
    assert len(refused.value.problems) == 1, str(refused.value)
    for word in known.words:
        assert word in str(refused.value)
    assert all(problem.got and problem.allowed and problem.remedy for problem in refused.value.problems)


def test_all_problems_are_reported_at_once() -> None:
    document = {**YAML, "enable_block_reuse": True, "max_seq_len": 0}
    with pytest.raises(ServingError) as refused:
        check_trtllm(document, (MODEL, "--tp_size", "2"))
    assert [problem.field for problem in refused.value.problems] == [
        "--tp_size",
        "--host",
        "--config",
        "max_seq_len",
        "enable_block_reuse",
    ]
