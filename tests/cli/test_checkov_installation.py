"""Checkov's environment: installed once, again after an interruption, and errors with the remedy."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from stacks.cli.main import cli
from stacks.sessions.checkov.installation import LOCK, STAMP, Installation

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def nothing_to_install(tmp_path: Path) -> Installation:
    lock = tmp_path / "lock.txt"
    lock.write_text("# nothing\n")
    return Installation(home=tmp_path / "home", lock=lock)


def test_an_interrupted_install_is_redone_and_a_complete_one_is_kept(nothing_to_install: Installation) -> None:
    left_over = nothing_to_install.folder / "left-over"
    left_over.mkdir(parents=True)
    messages: list[str] = []
    python = nothing_to_install.ready(messages.append)
    assert python.is_file()
    assert not left_over.exists()
    assert messages[0].startswith("Installing Checkov, once")
    messages.clear()
    left_over.mkdir()
    assert nothing_to_install.ready(messages.append) == python
    assert messages == []
    assert left_over.exists()


def test_a_failed_install_gives_no_verdict_and_is_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CODEKEEP_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    done = CliRunner().invoke(cli, ["check", "pico", "--checkov"])
    assert done.exit_code == 2, done.output
    assert "checkov could not judge: its environment could not be made" in done.output
    assert "Run the command again" in done.output
    assert Installation(home=tmp_path).folder.is_dir()
    assert not (Installation(home=tmp_path).folder / STAMP).exists()


def test_another_lock_is_another_environment(tmp_path: Path) -> None:
    first, second = (Installation(home=tmp_path, lock=_lock(tmp_path, pin)) for pin in ("a==1", "a==2"))
    assert first.folder != second.folder


def test_checkov_is_locked_with_hashes() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert "\ncheckov==3.3." in text
    assert text.count("==") > 50
    assert text.count("--hash=sha256:") > text.count("==")


def _lock(folder: Path, pin: str) -> Path:
    lock = folder / f"{pin.replace('=', '-')}.txt"
    lock.write_text(f"{pin} --hash=sha256:{'0' * 64}\n")
    return lock
