"""A run over real repositories into the embedded index."""

import json
import stat
from pathlib import Path

import pytest
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import Branch
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.ingest.lock import BusyFault, ingest_lock
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.ingest.state import State
from codekeep_runtime.screen import Policy
from codekeep_runtime.telemetry import metrics

from tests.runtime.ingest.parsers import parse_other
from tests.runtime.repositories import Repository

COUNTERS = ("codekeep_ingest_jobs_total", "codekeep_failed_ingest_jobs_total")
SECRET = "ghp_" + "a1B2" * 9


def _source(repository: Repository, *branches: str) -> Source:
    return Source.at(str(repository.path), branches)


def _branch(repository: Repository, name: str = "main") -> Branch:
    return Branch(_source(repository).repository, name)


def test_a_commit_is_searchable_with_vectors_and_masked(repository, ingest, index):
    commit = repository.commit({"src/a.py": f"def pay():\n    key = '{SECRET}'\n", "b.py": "def refund(): pass\n"})
    manifest = ingest().run([_source(repository)])
    branch = _branch(repository)
    scope = Scope("acme", "0" * 16, "", frozenset({branch.repository}))
    hits = index.lexical(scope, "pay", 5)
    assert [hit.chunk.path for hit in hits] == ["src/a.py"]
    assert SECRET not in hits[0].chunk.text
    assert "[masked:github-token]" in hits[0].chunk.text
    assert index.head(branch).commit == commit
    assert index.counts(scope).unembedded == 0
    assert manifest.is_complete
    assert (manifest.branches[0].written, manifest.branches[0].masked, manifest.embedded) == (2, 1, 2)


def test_ingesting_the_same_commit_again_changes_nothing(repository, ingest, index):
    repository.commit({"a.py": "def a(): pass\n"})
    ingest().run([_source(repository)])
    first = index.digest()
    second = ingest().run([_source(repository)])
    assert second.branches[0].changed is False
    assert index.digest() == first


def test_only_changed_blobs_are_read_and_deleted_files_are_removed(repository, ingest, index):
    repository.commit({"a.py": "a = 1\n", "b.py": "b = 1\n", "c.py": "c = 1\n", "bin": b"\0\1"})
    ingest().run([_source(repository)])
    repository.commit({"a.py": "a = 2\n", "b.py": None, "c.py": None, "moved/c.py": "c = 1\n"})
    report = ingest().run([_source(repository)]).branches[0]
    assert (report.written, report.removed, report.files, report.skips["binary"]) == (2, 2, 3, 1)
    assert set(index.blobs(_branch(repository))) == {"a.py", "moved/c.py"}


def test_incremental_runs_give_the_same_index_as_a_full_one(repository, ingest, index, tmp_path):
    repository.commit({f"{n}.py": f"def f{n}(): pass\n" for n in range(30)})
    ingest().run([_source(repository)])
    repository.commit({"1.py": None, "2.py": "def other(): pass\n", "x/3.py": "x = 3\n"})
    ingest().run([_source(repository)])
    clean = EmbeddedIndex.open(tmp_path / "clean", "acme", "hash-1", 64)
    fresh = ingest()
    fresh._index, fresh._folder = clean, tmp_path / "clean-state"
    fresh.run([_source(repository)])
    assert clean.digest() == index.digest()
    clean.close()


def test_rewritten_history_is_followed(repository, ingest, index):
    repository.commit({"a.py": "a = 1\n"})
    repository.commit({"a.py": "a = 2\n", "b.py": "b = 2\n"})
    ingest().run([_source(repository)])
    repository.git("checkout", "-q", "--orphan", "again")
    repository.git("rm", "-q", "-rf", ".")
    repository.commit({"c.py": "c = 3\n"})
    repository.git("branch", "-M", "main")
    ingest().run([_source(repository)])
    assert set(index.blobs(_branch(repository))) == {"c.py"}


def test_branches_are_selected_by_patterns_and_deleted_ones_are_dropped(repository, ingest, index):
    repository.commit({"a.py": "a = 1\n"})
    for name in ("release/1", "release/2", "wip"):
        repository.git("branch", name)
    ingest().run([_source(repository, "main", "release/*")])
    assert [each.name for each in index.branches()] == ["main", "release/1", "release/2"]
    repository.git("branch", "-D", "release/1")
    manifest = ingest().run([_source(repository, "main", "release/*")])
    assert [each.name for each in index.branches()] == ["main", "release/2"]
    assert manifest.dropped == [f"{_source(repository).repository.key}@release/1"]


@pytest.mark.parametrize(("poison", "kind"), [("RAISE", "ValueError"), ("DIE", "WorkerDied"), ("HANG", "Timeout")])
def test_only_a_failing_file_is_quarantined_and_it_is_retried(repository, ingest, index, tmp_path, capfd, poison, kind):
    files = {f"{n}.py": f"x = {n}\n" for n in range(5)}
    repository.commit({**files, "bad-canary.py": f"canary = '{poison}'\n"})
    report = ingest(file_seconds=1).run([_source(repository)]).branches[0]
    assert set(index.blobs(_branch(repository))) == set(files)
    assert report.skips["quarantined"] == 1
    logged = capfd.readouterr().err
    assert kind in logged
    assert "canary" not in logged
    later = State(tmp_path / "state", clock=lambda: 1e12)
    left = later.skipped(_branch(repository))["bad-canary.py"]
    assert (left.attempts, later.is_due(left)) == (1, True)
    later.close()


def test_a_quarantined_file_waits_twice_as_long_each_time(tmp_path, repository):
    now = [1000.0]
    state = State(tmp_path, clock=lambda: now[0])
    waits = []
    for _ in range(12):
        state.quarantine(_branch(repository), "a", "1")
        waits.append(state.skipped(_branch(repository))["a"].retry_at - now[0])
    assert waits[:3] == [300, 600, 1200]
    assert waits[-1] == 86_400
    assert state.quarantine(_branch(repository), "a", "2") == 1
    state.close()


def test_another_parser_or_policy_processes_everything_again(repository, ingest, index):
    repository.commit({"a.py": "a = 1\n" * 100, "b.py": "# SPDX-License-Identifier: AGPL-3.0-only\nb = 1\n"})
    first = ingest().run([_source(repository)])
    assert first.branches[0].written == 2
    before = index.digest()
    second = ingest(parse=parse_other).run([_source(repository)])
    assert second.branches[0].written == 2
    assert index.digest() != before
    third = ingest(policy=Policy(licences=frozenset({"AGPL-3.0-only"}))).run([_source(repository)])
    assert third.branches[0].skips["licence"] == 1
    assert set(index.blobs(_branch(repository))) == {"a.py"}


def test_a_failed_repository_does_not_stop_the_others(repository, ingest, tmp_path, index):
    repository.commit({"a.py": "a = 1\n"})
    (tmp_path / "none").mkdir()
    broken = Source.at(str(tmp_path / "none"))
    manifest = ingest().run([broken, _source(repository)])
    assert [failure.error_kind for failure in manifest.failures] == ["GitFault"]
    assert not manifest.is_complete
    assert set(index.blobs(_branch(repository))) == {"a.py"}


def test_an_empty_repository_is_reported(repository, ingest):
    manifest = ingest().run([_source(repository)])
    assert (manifest.empty, manifest.is_complete) == ([_source(repository).repository.key], True)


def test_a_second_run_on_the_same_folder_is_refused(repository, ingest, tmp_path):
    (tmp_path / "state").mkdir()
    with ingest_lock(tmp_path / "state"), pytest.raises(BusyFault, match="another ingest"):
        ingest().run([_source(repository)])


def test_the_manifest_contains_no_path(repository, ingest, tmp_path):
    repository.commit({"canary-name.py": "a = 1\n", "canary-lib.so": b"\0"})
    ingest().run([_source(repository)])
    (written,) = (tmp_path / "state" / "runs").iterdir()
    document = json.loads(written.read_text())
    assert document["branches"][0]["commit"] == repository.git("rev-parse", "HEAD")
    assert document["skips"] == {"binary": 1}
    assert set(document["seconds"]) == {"fetch", "parse", "embed"}
    assert "canary" not in written.read_text()
    for private in (written, tmp_path / "state" / "ingest.sqlite"):
        assert stat.S_IMODE(Path(private).stat().st_mode) == 0o600


def test_progress_counts_every_phase(repository, ingest):
    repository.commit({"a.py": "a = 1\n", "b.py": "b = 1\n"})
    steps = []
    ingest().run([_source(repository)], lambda *each: steps.append(each))
    assert {phase: (done, total) for phase, done, total in steps} == {"fetch": (1, 1), "parse": (2, 2), "embed": (2, 2)}


def test_unusual_files_are_skipped_with_reasons_and_others_are_indexed(repository, ingest, index, tmp_path):
    inner = Repository(tmp_path / "inner")
    inner.commit({"x": "x"})
    repository.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "lib/inner")
    (repository.path / "loop").symlink_to("loop")
    (repository.path / "up").symlink_to("..")
    repository.commit(
        {
            "good.py": "def good(): pass\n",
            "broken.py": b"name = '\xff\xfe\xc3'\n" * 3,
            "deep.py": "(" * 50_000 + ")" * 50_000,
            "deep-lines.py": "x = (\n" * 5000,
            "huge.py": b"x = 1\n" * 17_000_000,
            "empty.py": "",
            "model.lfs": "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n",
            "weird \u202e name.py": "x = 1\n",
        }
    )
    report = ingest().run([_source(repository)]).branches[0]
    assert dict(report.skips) == {
        "submodule": 1,
        "symlink": 2,
        "minified": 1,
        "too-large": 1,
        "empty": 1,
        "lfs-pointer": 1,
        "unsafe-path": 1,
    }
    assert set(index.blobs(_branch(repository))) == {".gitmodules", "good.py", "broken.py", "deep-lines.py"}
    assert report.files == report.written + sum(report.skips.values())
    broken = index.file(
        Scope("acme", "0" * 16, "", frozenset({_branch(repository).repository})), _branch(repository), "broken.py"
    )
    assert broken[0].text.count("\n") == 3


@pytest.mark.usefixtures("measured")
def test_a_run_measures_the_age_of_branches_that_it_could_not_update(repository, ingest, tmp_path):
    """Compares only the growth of counters, which are shared in the process."""
    repository.commit({"a.py": "a = 1\n"})
    ingest().run([_source(repository)])
    assert _metric("codekeep_index_age_minutes") == 0
    before = [_metric(name) for name in COUNTERS]
    source = _source(repository)
    repository.path.rename(tmp_path / "away")
    assert not ingest().run([source]).is_complete
    assert [_metric(name) for name in COUNTERS] == [each + 1 for each in before]
    assert _metric("codekeep_index_age_minutes") > 0


def _metric(name: str) -> float:
    """The metric of component `ingest` as it is scraped; 0 if it was never observed."""
    lines = metrics.prometheus_text().decode().splitlines()
    found = [line for line in lines if line.startswith(f'{name}{{component="ingest"')]
    return float(found[0].rpartition(" ")[2]) if found else 0.0
