"""Mirrors of real repositories, including unusual and hostile ones."""

import os
import stat
import subprocess
from pathlib import Path

import pytest
from codekeep_contracts.faults import UsageFault
from codekeep_runtime.core.skip import SkipReason
from codekeep_runtime.git.command import Git
from codekeep_runtime.git.credential import Credential, credential_environment, credential_helper
from codekeep_runtime.git.faults import GitFault, LimitFault
from codekeep_runtime.git.location import Location
from codekeep_runtime.git.lock import mirror_lock
from codekeep_runtime.git.mirror import Limits, Mirror

from tests.runtime.repositories import ENVIRONMENT, Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "code")


@pytest.fixture
def mirror(repository: Repository, tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "mirror", Location.parse(str(repository.path)))


def _contents(mirror: Mirror, commit: str) -> dict[str, bytes | None]:
    files = mirror.files(commit)
    with mirror.blobs() as blobs:
        return dict(zip([each.path for each in files], blobs.read([each.blob for each in files]), strict=True))


def test_the_default_branch_is_fetched(repository, mirror):
    commit = repository.commit({"a.py": "a\n", "dir/ü.py": "ü\n"})
    repository.git("branch", "other")
    assert mirror.fetch() == {"main": commit}
    assert _contents(mirror, commit) == {"a.py": b"a\n", "dir/ü.py": "ü\n".encode()}


def test_bare_repositories_and_detached_heads_are_mirrored(repository, tmp_path):
    first = repository.commit({"a": "1"})
    repository.commit({"a": "2"})
    subprocess.run(["git", "clone", "-q", "--bare", repository.path, tmp_path / "bare"], env=ENVIRONMENT, check=True)
    assert set(Mirror(tmp_path / "m1", Location.parse(str(tmp_path / "bare"))).fetch()) == {"main"}
    repository.git("checkout", "-q", "--detach", first)
    assert Mirror(tmp_path / "m2", Location.parse(str(repository.path))).fetch() == {"HEAD": first}


def test_an_empty_repository_has_no_branches(mirror):
    assert mirror.fetch() == {}
    assert mirror.fetch(["*"]) == {}


def test_a_shallow_repository_is_mirrored(repository, tmp_path):
    repository.commit({"a": "1"})
    commit = repository.commit({"a": "2"})
    url = repository.path.as_uri()
    subprocess.run(["git", "clone", "-q", "--depth=1", url, tmp_path / "shallow"], env=ENVIRONMENT, check=True)
    mirror = Mirror(tmp_path / "m", Location.parse(str(tmp_path / "shallow")))
    assert mirror.fetch() == {"main": commit}
    assert _contents(mirror, commit) == {"a": b"2"}


def test_rewritten_history_and_removed_branches_are_followed(repository, mirror):
    repository.commit({"a": "1"})
    repository.git("branch", "old")
    mirror.fetch(["*"])
    amended = repository.commit({"a": "3"}, "--amend")
    repository.git("branch", "-D", "old")
    assert mirror.fetch(["*"]) == {"main": amended}
    assert mirror._heads() == {"main": amended}


def test_a_killed_fetch_is_repaired_by_the_next(repository, mirror, tmp_path):
    repository.commit({"a": "1"})
    mirror.fetch()
    commit = repository.commit({"a": "2"})
    (tmp_path / "mirror" / "shallow.lock").write_text("")
    (tmp_path / "mirror" / "refs" / "heads" / "main.lock").write_text("")
    assert mirror.fetch() == {"main": commit}
    assert _contents(mirror, commit) == {"a": b"2"}


def test_every_unusual_entry_has_a_reason_to_skip_it(repository, mirror):
    commit = repository.commit_tree(
        [
            ("100644", "blob", b"good.py", b"x\n"),
            ("100644", "blob", b"empty.py", b""),
            ("100644", "blob", b"bad-\xff.py", b"x\n"),
            ("100644", "blob", b"new\nline.py", b"x\n"),
            ("100644", "blob", b"back\\slash.py", b"x\n"),
            ("120000", "blob", b"loop", b"loop"),
            ("120000", "blob", b"out", b"../../etc/passwd"),
            ("160000", "commit", b"sub", b"1" * 40),
        ]
    )
    mirror.fetch()
    assert sorted(str(each.skip) for each in mirror.files(commit)) == sorted(
        ["None", "empty", "unsafe-path", "unsafe-path", "unsafe-path", "symlink", "symlink", "submodule"]
    )


@pytest.mark.parametrize(
    "name", [b"../up.py", b"a/../up.py", b".git/config", b"/etc/x", b"a/.GIT/x", b"a\x1b[2J", b"./a"]
)
def test_names_that_lead_out_of_the_repository_are_unsafe(name):
    from codekeep_runtime.git.tree import entries

    (entry,) = entries(b"100644 blob " + b"1" * 40 + b"       5\t" + name + b"\0")
    assert entry.skip is SkipReason.UNSAFE_PATH


def test_a_traversal_that_a_server_sends_is_refused_or_unsafe(repository, mirror):
    tree = repository.git("mktree", text=b"")
    blob = repository.git("hash-object", "-w", "--stdin", text=b"x")
    raw = b"100644 ..\0" + bytes.fromhex(blob)
    tree = repository.git("hash-object", "-w", "-t", "tree", "--stdin", "--literally", text=raw)
    commit = repository.git("commit-tree", tree, "-m", "odd")
    repository.git("update-ref", "refs/heads/main", commit)
    try:
        mirror.fetch()
    except GitFault:
        return  # fsck of a newer git
    assert [each.skip for each in mirror.files(commit)] == [SkipReason.UNSAFE_PATH]


def test_hooks_and_configuration_of_the_repository_do_not_run(repository, mirror, tmp_path):
    commit = repository.commit({"a": "1"})
    witness = tmp_path / "ran"
    script = repository.path / ".git" / "evil"
    script.write_text(f"#!/bin/sh\ntouch {witness}\ncat\n")
    script.chmod(0o755)
    for key in ("uploadpack.packObjectsHook", "core.fsmonitor", "core.sshCommand", "credential.helper"):
        repository.git("config", key, str(script))
    assert mirror.fetch() == {"main": commit}
    assert not witness.exists()


def test_fetches_are_limited_in_time_and_size(repository, tmp_path):
    repository.commit({"a": os.urandom(3_000_000)})
    location = Location.parse(str(repository.path))
    with pytest.raises(GitFault, match="took more than"):
        Mirror(tmp_path / "m", location, limits=Limits(seconds=0)).fetch()
    for _ in range(2):  # the refused content is not in the mirror later either
        with pytest.raises(GitFault, match="grew beyond"):
            Mirror(tmp_path / "m", location, limits=Limits(max_bytes=1_000_000)).fetch()


def test_a_missing_blob_is_none_and_others_are_read(repository, mirror):
    commit = repository.commit({"a": "1"})
    mirror.fetch()
    (entry,) = mirror.files(commit)
    with mirror.blobs() as blobs:
        assert list(blobs.read(["f" * 40, entry.blob])) == [None, b"1"]


@pytest.mark.parametrize(
    "text",
    [
        "http://host/o/n",
        "git://host/o/n",
        "ext::sh -c touch% /tmp/x",
        "https://user:hunter2@host/o/n",
        "https://token@host/o/n",
        "ssh://-oProxyCommand=x/o/n",
        "--upload-pack=x",
        "https://[bad/o/n",
    ],
)
def test_invalid_locations_are_refused_without_repeating_a_password(text):
    with pytest.raises(UsageFault) as refused:
        Location.parse(text)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("https://Git.Example.com/Org/Name.git", "git.example.com/org/name"),
        ("git@git.example.com:group/sub/name.git", "git.example.com/group/sub/name"),
        ("ssh://git@git.example.com:7999/group/name", "git.example.com/group/name"),
    ],
)
def test_a_repository_is_named_after_its_address(text, key):
    assert Location.parse(text).repository().key == key


def test_a_token_is_used_for_its_host_only_and_is_in_no_argument(tmp_path):
    location, credential = Location.parse("https://git.example.com/o/n"), Credential(token="s3cret-canary")
    settings = credential_helper(credential, location)
    assert [key for key, _ in settings] == ["credential.https://git.example.com.helper"]
    assert "canary" not in f"{settings} {credential}"
    with credential_environment(credential, location, tmp_path) as variables:
        assert variables["CODEKEEP_GIT_TOKEN"] == "s3cret-canary"
    with credential_environment(credential, Location.parse(str(tmp_path)), tmp_path) as variables:
        assert "canary" not in str(variables)


def test_git_gets_the_token_from_the_helper(tmp_path):
    location, credential = Location.parse("https://git.example.com/o/n"), Credential(token="s3cret")
    ((key, value),) = credential_helper(credential, location)
    with credential_environment(credential, location, tmp_path) as variables:
        done = subprocess.run(
            ["git", "-c", f"{key}={value}", "credential", "fill"],
            input=b"protocol=https\nhost=git.example.com\n\n",
            env={**ENVIRONMENT, **variables},
            capture_output=True,
            check=True,
        )
    assert b"password=s3cret" in done.stdout


def test_a_key_file_is_private_and_exists_only_during_the_command(tmp_path):
    location, credential = Location.parse("git@git.example.com:o/n"), Credential(private_key="KEY", known_hosts="h")
    with credential_environment(credential, location, tmp_path) as variables:
        (folder,) = tmp_path.iterdir()
        assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
        assert str(folder / "key") in variables["GIT_SSH_COMMAND"]
        assert "StrictHostKeyChecking=yes" in variables["GIT_SSH_COMMAND"]
    assert list(tmp_path.iterdir()) == []


def test_a_run_waits_for_git_that_outlived_a_killed_run(repository, mirror, tmp_path):
    """It would write into the files of the next run."""
    commit = repository.commit({"a.py": "a\n"})
    folder = tmp_path / "mirror"
    folder.mkdir()
    with mirror_lock(folder, 0) as lock:
        left = subprocess.Popen(["sleep", "0.6"], pass_fds=[lock])  # like a command of a run that was killed
    with pytest.raises(LimitFault, match="earlier run"), mirror_lock(folder, 0):
        pass
    assert mirror.fetch() == {"main": commit}
    assert left.poll() == 0


def test_every_command_of_a_fetch_holds_the_lock(repository, mirror, monkeypatch):
    repository.commit({"a.py": "a\n"})
    started = []
    start = Git.start
    monkeypatch.setattr(
        Git, "start", lambda self, *words: (started.append((words[0], self.inherited)), start(self, *words))[1]
    )
    mirror.fetch()
    assert {"init", "ls-remote", "for-each-ref", "fetch"} <= {command for command, _ in started}
    assert all(len(inherited) == 1 for _, inherited in started)
