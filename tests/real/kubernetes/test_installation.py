"""Which Go builds the programs, and the error where none can."""

from pathlib import Path

import pytest

from tests.real.kubernetes import installation
from tests.real.kubernetes.installation import Go, NoGoError, Programs


def go(folder: Path, version: str) -> Path:
    """A program that reports this version of Go."""
    path = folder / "go"
    path.write_text(f"#!/bin/sh\necho go version {version} linux/amd64\n")
    path.chmod(0o755)
    return path


def test_the_go_of_the_variable_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = go(tmp_path, "go1.24.9")
    monkeypatch.setenv("CODEKEEP_GO", str(path))
    assert Go.find() == Go(path=str(path), version="1.24.9 linux/amd64")


def test_an_old_or_missing_go_is_reported_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEKEEP_GO", str(go(tmp_path, "go1.19.8")))
    with pytest.raises(NoGoError, match=r"Go 1\.24 or later; tried: .*go \(1\.19\.8\).*CODEKEEP_GO"):
        Go.find()
    monkeypatch.setenv("CODEKEEP_GO", str(tmp_path / "nowhere"))
    with pytest.raises(NoGoError, match=r"nowhere \(not there\)"):
        Go.find()


def test_a_failed_build_leaves_nothing_and_reports_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = go(tmp_path, "go1.24.9")
    script = path.read_text().replace("echo", 'case "$1" in build) echo no route; exit 1;; esac\necho')
    path.write_text(script)
    cache = tmp_path / "cache"
    monkeypatch.setenv("CODEKEEP_GO", str(path))
    monkeypatch.setenv("CODEKEEP_CACHE", str(cache))
    with pytest.raises(RuntimeError, match="failed:\nno route"):
        installation.ready(lambda _: None)
    assert [file.name for file in cache.iterdir()] == ["kubernetes.lock"]


def test_built_programs_are_used_without_go(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEKEEP_GO", "/nowhere/go")
    assert installation.ready(lambda _: None) == programs


def test_go_mod_requires_the_reported_version() -> None:
    module = (installation.MODULE / "go.mod").read_text()
    assert f"k8s.io/kubernetes {installation.VERSION}\n" in module
    assert "go 1.24.0\n" in module
