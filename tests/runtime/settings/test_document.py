"""The runtime reads the settings document that a stack writes."""

import json
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts.faults import SettingsFault
from codekeep_contracts.log_fields import LOG_FIELDS
from codekeep_contracts.settings.document import load_settings

from stacks.settings import runtime_settings
from tests.stacks.test_settings import deployed, spec_of


@pytest.fixture
def written() -> dict[str, Any]:
    spec = spec_of("demo")
    document: dict[str, Any] = json.loads(runtime_settings(spec, deployed(spec)).model_dump_json())
    return document


def as_file(folder: Path, document: Any) -> Path:
    path = folder / "settings.json"
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize("stack", ["demo", "acme", "pico"])
def test_the_settings_that_a_stack_writes_are_read(stack: str, tmp_path: Path) -> None:
    spec = spec_of(stack)
    document = runtime_settings(spec, deployed(spec)).model_dump_json()
    (tmp_path / "settings.json").write_text(document)
    settings = load_settings(tmp_path / "settings.json")
    assert json.loads(settings.model_dump_json()) == json.loads(document)
    assert settings.logging.allowed_fields == LOG_FIELDS


def test_a_fault_names_its_path_and_not_its_value(written: dict[str, Any], tmp_path: Path) -> None:
    written["regions"]["primary"] = "not-a-region-but-a-secret"
    written["extra"] = True
    with pytest.raises(SettingsFault) as caught:
        load_settings(as_file(tmp_path, written))
    assert "regions.primary" in str(caught.value)
    assert "extra" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.exit_code == 78


@pytest.mark.parametrize(("version", "shown"), [(1, "schema_version 1,"), (3, "schema_version 3,")])
def test_a_document_of_another_version_says_what_to_deploy(
    written: dict[str, Any], tmp_path: Path, version: int, shown: str
) -> None:
    del written["regions"]
    written |= {"schema_version": version, "prompts": {"enabled": False}}
    with pytest.raises(SettingsFault, match=r"deploy stack and release\.images of the same version") as caught:
        load_settings(as_file(tmp_path, written))
    assert shown in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_settings_file_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="--settings"):
        load_settings(tmp_path / "none.json")


def test_bodies_cannot_be_logged(written: dict[str, Any], tmp_path: Path) -> None:
    written["logging"]["bodies"] = True
    with pytest.raises(SettingsFault, match=r"logging\.bodies"):
        load_settings(as_file(tmp_path, written))


def test_a_role_or_link_that_is_missing_is_named(written: dict[str, Any], tmp_path: Path) -> None:
    settings = load_settings(as_file(tmp_path, written))
    assert settings.model_of("chat").role == "chat"
    assert settings.link(settings.git_links[0].name) is settings.git_links[0]
    with pytest.raises(SettingsFault, match="'nowhere'"):
        settings.link("nowhere")
