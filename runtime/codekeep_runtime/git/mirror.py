"""A bare mirror of the newest commits of selected branches."""

import fnmatch
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codekeep_runtime.git.blobs import Blobs
from codekeep_runtime.git.command import Git
from codekeep_runtime.git.credential import KEY_FOLDER, Credential, credential_environment, credential_helper
from codekeep_runtime.git.faults import GitFault, LimitFault
from codekeep_runtime.git.location import Location
from codekeep_runtime.git.lock import LOCK, mirror_lock
from codekeep_runtime.git.tree import Entry, entries

DETACHED = "HEAD"  # in place of the branch of a working tree with a detached HEAD
_HEADS = "refs/heads/"
_MAX_PACKS = 40  # then they are repacked into one


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of one fetch."""

    seconds: float = 3600
    max_bytes: int = 20_000_000_000


@dataclass(frozen=True)
class Remote:
    """Commits by branch on the remote, and its default branch ("" if it is empty)."""

    heads: Mapping[str, str]
    default: str

    def selected(self, patterns: Sequence[str]) -> dict[str, str]:
        """Commits of branches that match a shell pattern; without patterns, of the default branch."""
        if not patterns:
            return {self.default: self.heads[self.default]} if self.default else {}
        return {
            name: commit
            for name, commit in sorted(self.heads.items())
            if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
        }


class Mirror:
    """Contains the newest commits without history, so a force-push is like any other.

    Args:
        folder: made if it is missing; used by one process at a time.
    """

    def __init__(
        self, folder: Path, location: Location, credential: Credential | None = None, limits: Limits = Limits()
    ) -> None:
        self._folder, self._location, self._credential, self._limits = folder, location, credential, limits
        self._git = Git(folder, location.path, credential_helper(credential, location))

    def fetch(self, patterns: Sequence[str] = ()) -> Mapping[str, str]:
        """Updates the mirror and returns commits by branch. After a kill the next fetch repairs the mirror.

        Raises:
            GitFault: the remote cannot be reached or has no such repository, or a limit was exceeded.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        own = self._git
        with mirror_lock(self._folder, self._limits.seconds) as lock:
            self._git = replace(own, inherited=(lock,))
            try:
                return self._fetch(patterns)
            finally:
                self._git = own

    def files(self, commit: str) -> Sequence[Entry]:
        """All entries of the commit's tree."""
        return list(entries(self._git.run("ls-tree", "-r", "-z", "-l", "--full-tree", commit)))

    def blobs(self) -> Blobs:
        return Blobs(self._git)

    def _fetch(self, patterns: Sequence[str]) -> Mapping[str, str]:
        self._prepare()
        with credential_environment(self._credential, self._location, self._folder) as variables:
            git = replace(self._git, variables=variables)
            remote = self._remote(git)
            wanted = remote.selected(patterns)
            if self._heads() != wanted:
                self._update(git, wanted)
        return wanted

    def _prepare(self) -> None:
        for left in self._folder.glob(f"{KEY_FOLDER}*"):  # from a killed run
            shutil.rmtree(left, ignore_errors=True)
        if (self._folder / "HEAD").exists():
            self._git.trust()
        else:
            self._make()

    def _remote(self, git: Git) -> Remote:
        listing = git.run("ls-remote", "--symref", "--", self._location.address, "HEAD", f"{_HEADS}*", seconds=120)
        heads: dict[str, str] = {}
        default, head = "", ""
        for line in listing.decode(errors="surrogateescape").splitlines():
            what, _, name = line.partition("\t")
            if what.startswith("ref: ") and name == "HEAD":
                default = what.removeprefix(f"ref: {_HEADS}")
            elif name == "HEAD":
                head = what
            elif name.removeprefix(_HEADS).isprintable():  # others are not UTF-8 and cannot be named
                heads[name.removeprefix(_HEADS)] = what
        if default not in heads:
            default = next((name for name, commit in sorted(heads.items()) if commit == head), "")
        if head and not default:
            heads[DETACHED] = head
            default = DETACHED
        return Remote(heads, default)

    def _heads(self) -> dict[str, str]:
        listing = self._git.run("for-each-ref", "--format=%(objectname) %(refname)", _HEADS)
        lines = (line.split(" ", 1) for line in listing.decode(errors="surrogateescape").splitlines())
        return {name.removeprefix(_HEADS): commit for commit, name in lines}

    def _update(self, git: Git, wanted: Mapping[str, str]) -> None:
        try:
            self._exchange(git, wanted)
        except LimitFault:
            self._start_over()  # so that nothing of it is kept
            raise
        except GitFault:
            # The remote answers, so a killed fetch probably left a lock or half an object here.
            self._start_over()
            self._exchange(git, wanted)

    def _exchange(self, git: Git, wanted: Mapping[str, str]) -> None:
        for gone in self._heads().keys() - wanted.keys():
            self._git.run("update-ref", "-d", f"{_HEADS}{gone}")
        if not wanted:
            return
        specs = [f"+{DETACHED if name == DETACHED else _HEADS + name}:{_HEADS}{name}" for name in wanted]
        options = ["--depth=1", "--no-tags", "--no-write-fetch-head", "--quiet", "--update-shallow"]
        git.run(
            "fetch", *options, "--", self._location.address, *specs,
            seconds=self._limits.seconds, max_bytes=self._limits.max_bytes,
        )  # fmt: skip
        if len(list((self._folder / "objects" / "pack").glob("*.pack"))) > _MAX_PACKS:
            self._git.run("gc", "--prune=now", "--quiet", seconds=self._limits.seconds)

    def _start_over(self) -> None:
        for each in self._folder.iterdir():
            if each.name.startswith(KEY_FOLDER) or each.name == LOCK:
                continue  # in use by this fetch
            if each.is_dir():
                shutil.rmtree(each)
            else:
                os.unlink(each)  # noqa: PTH108
        self._make()

    def _make(self) -> None:
        self._git.trust()
        self._git.run("init", "--bare", "--quiet", "--template=", str(self._folder))
