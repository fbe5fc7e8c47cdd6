"""The model of options agrees with the lists of names of trtllm-serve 1.2."""

from pathlib import Path

import yaml

from images.serving.options import NOT_IN_YAML, SECTIONS, TrtllmOptions, as_yaml, option_paths
from images.serving.roles import trtllm_options
from images.serving.trtllm_flags import IN_YAML, ON_COMMAND_LINE, REFUSED
from tests.images.serving.test_plan import CHAT

NAMES: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "trtllm_names.yaml").read_text())


def test_every_llm_argument_is_typed_or_refused_with_a_reason() -> None:
    names = [*NAMES["stable"], *NAMES["others"]]
    assert len(names) == len(set(names)) >= 60
    typed, refused = set(TrtllmOptions.model_fields), set(NOT_IN_YAML)
    assert typed & refused == set()
    assert typed | refused == set(names)
    assert all(NOT_IN_YAML.values())


def test_every_flag_is_allowed_in_the_yaml_or_refused() -> None:
    assert len(NAMES["flags"]) == len(set(NAMES["flags"])) >= 35
    groups = (set(ON_COMMAND_LINE), set(IN_YAML), set(REFUSED))
    assert sum(len(group) for group in groups) == len(set().union(*groups))
    assert set().union(*groups) == set(NAMES["flags"])


def test_a_flag_that_belongs_in_the_yaml_names_an_existing_option() -> None:
    for place in IN_YAML.values():
        assert place in option_paths(place.rsplit(".", maxsplit=1)[-1])


def test_every_section_is_an_option() -> None:
    assert SECTIONS
    for path in SECTIONS:
        assert path in option_paths(path.rsplit(".", maxsplit=1)[-1])


def test_the_yaml_has_what_was_set_and_reads_back_equal() -> None:
    options = trtllm_options(CHAT)
    written = as_yaml(options)
    assert "null" not in written
    assert TrtllmOptions.model_validate(yaml.safe_load(written)) == options
