"""Which Java and Maven are used, and the errors where one is missing or a package is not the locked one."""

from pathlib import Path

import pytest
from opensearchpy import OpenSearch

from tests.real.opensearch import installation
from tests.real.opensearch.installation import NoJavaError, Programs
from tests.real.opensearch.server import Server


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cache = tmp_path / "cache"
    monkeypatch.setenv("CODEKEEP_CACHE", str(cache))
    monkeypatch.setenv("CODEKEEP_JAVA", program(tmp_path / "java", "echo 'openjdk version \"21.0.1\"' >&2"))
    return cache


def test_an_old_or_missing_java_is_reported_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEKEEP_JAVA", program(tmp_path / "java", "echo 'openjdk version \"11.0.2\"' >&2"))
    with pytest.raises(NoJavaError, match=r"Java 17 or later; tried: .*java \(11\).*CODEKEEP_JAVA"):
        installation.ready(lambda _: None)
    monkeypatch.setenv("CODEKEEP_JAVA", str(tmp_path / "nowhere"))
    with pytest.raises(NoJavaError, match=r"nowhere \(not there\)"):
        installation.ready(lambda _: None)


def test_a_missing_maven_is_reported_with_the_remedy(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEKEEP_MAVEN", "/nowhere/mvn")
    with pytest.raises(NoJavaError, match="no mvn on PATH; install it, or name it with CODEKEEP_MAVEN"):
        installation.ready(lambda _: None)


@pytest.mark.parametrize(
    ("script", "said"), [("echo no route; exit 1", "failed:\nno route"), ("mkdir ${6#*=}", "not those of packages")]
)
def test_a_failed_download_leaves_nothing_and_reports_the_reason(
    empty_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    monkeypatch.setenv("CODEKEEP_MAVEN", program(tmp_path / "mvn", script))
    with pytest.raises(RuntimeError, match=said):
        installation.ready(lambda _: None)
    assert [path.name for path in empty_cache.iterdir()] == ["opensearch.lock"]


def test_downloaded_packages_are_used_without_maven(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEKEEP_MAVEN", "/nowhere/mvn")
    assert installation.ready(lambda _: None) == programs


def test_the_server_has_the_reported_version_and_the_knn_plugin(server: Server) -> None:
    with OpenSearch(server.url) as client:
        assert client.info()["version"]["number"] == installation.VERSION
        assert installation.PROGRAMS.joinpath("pom.xml").read_text().count(f">{installation.VERSION}.0<") == 3
        assert "org.opensearch.knn.plugin.KNNPlugin" in client.cat.plugins(h="component")
