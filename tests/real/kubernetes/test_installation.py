"""Which Go builds the programs, and what is said where none does."""

from pathlib import Path

import pytest

from tests.real.kubernetes import installation
from tests.real.kubernetes.installation import Go, NoGoError, Programs


def go(folder: Path, version: str) -> Path:
    """A program that says it is this Go."""
    path = folder / "go"
    path.write_text(f"#!/bin/sh\necho go version {version} linux/amd64\n")
    path.chmod(0o755)
    return path


def test_the_named_go_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = go(tmp_path, "go1.24.9")
    monkeypatch.setenv("CODEKEEP_GO", str(path))
    assert Go.find() == Go(path=str(path), version="1.24.9 linux/amd64")


def test_an_old_go_or_none_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEKEEP_GO", str(go(tmp_path, "go1.19.8")))
    with pytest.raises(NoGoError, match=r"Go 1\.24 or later; tried: .*go \(1\.19\.8\).*CODEKEEP_GO"):
        Go.find()
    monkeypatch.setenv("CODEKEEP_GO", str(tmp_path / "nowhere"))
    with pytest.raises(NoGoError, match=r"nowhere \(not there\)"):
        Go.find()


def test_a_build_that_fails_leaves_nothing_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = go(tmp_path, "go1.24.9")
    script = path.read_text().replace("echo", 'case "$1" in build) echo no route; exit 1;; esac\necho')
    path.write_text(script)
    cache = tmp_path / "cache"
    monkeypatch.setenv("CODEKEEP_GO", str(path))
    monkeypatch.setenv("CODEKEEP_CACHE", str(cache))
    with pytest.raises(RuntimeError, match="failed:\nno route"):
        installation.ready(lambda _: None)
    assert [file.name for file in cache.iterdir()] == ["kubernetes.lock"]


def test_what_is_built_needs_no_go(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEKEEP_GO", "/nowhere/go")
    assert installation.ready(lambda _: None) == programs


def test_the_module_builds_the_version_that_is_told() -> None:
    module = (installation.MODULE / "go.mod").read_text()
    assert f"k8s.io/kubernetes {installation.VERSION}\n" in module
    assert "go 1.24.0\n" in module
