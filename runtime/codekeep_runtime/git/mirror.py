"""A bare mirror of the newest commit of chosen branches."""

import fnmatch
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codekeep_runtime.git.blobs import Blobs
from codekeep_runtime.git.command import Git
from codekeep_runtime.git.credential import KEY_FOLDER, Credential, environment, helper
from codekeep_runtime.git.faults import GitFault, LimitFault
from codekeep_runtime.git.location import Location
from codekeep_runtime.git.lock import LOCK, held
from codekeep_runtime.git.tree import Entry, entries

DETACHED = "HEAD"  # the branch of a working tree that is on none
_HEADS = "refs/heads/"
_PACKS = 40  # after so many fetches they are made one


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one fetch."""

    seconds: float = 3600
    max_bytes: int = 20_000_000_000


@dataclass(frozen=True)
class Remote:
    """What the other side has: commits by branch, and the branch that a clone would check out ("" if empty)."""

    heads: Mapping[str, str]
    default: str

    def chosen(self, patterns: Sequence[str]) -> dict[str, str]:
        """Commits of the branches that match one of the patterns (as of a shell); of the default one without any."""
        if not patterns:
            return {self.default: self.heads[self.default]} if self.default else {}
        return {
            name: commit
            for name, commit in sorted(self.heads.items())
            if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
        }


class Mirror:
    """Holds the newest commits alone, without history: a force-pushed branch is as any other.

    Args:
        folder: made if need be; used by one process at a time.
    """

    def __init__(
        self, folder: Path, location: Location, credential: Credential | None = None, limits: Limits = Limits()
    ) -> None:
        self._folder, self._location, self._credential, self._limits = folder, location, credential, limits
        self._git = Git(folder, location.path, helper(credential, location))

    def fetch(self, patterns: Sequence[str] = ()) -> Mapping[str, str]:
        """Brings the mirror to what the other side has; commits by branch. A killed fetch is made good by the next.

        Raises:
            GitFault: the other side cannot be reached, has no such repository, or a limit was met.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        own = self._git
        with held(self._folder, self._limits.seconds) as lock:
            self._git = replace(own, inherited=(lock,))
            try:
                return self._fetch(patterns)
            finally:
                self._git = own

    def files(self, commit: str) -> Sequence[Entry]:
        """Everything the commit's tree names."""
        return list(entries(self._git.run("ls-tree", "-r", "-z", "-l", "--full-tree", commit)))

    def blobs(self) -> Blobs:
        return Blobs(self._git)

    # Pieces

    def _fetch(self, patterns: Sequence[str]) -> Mapping[str, str]:
        self._prepare()
        with environment(self._credential, self._location, self._folder) as variables:
            git = replace(self._git, variables=variables)
            remote = self._remote(git)
            wanted = remote.chosen(patterns)
            if self._heads() != wanted:
                self._bring(git, wanted)
        return wanted

    def _prepare(self) -> None:
        for left in self._folder.glob(f"{KEY_FOLDER}*"):  # of a killed run
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
            elif name.removeprefix(_HEADS).isprintable():  # one that is not UTF-8 cannot be named
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

    def _bring(self, git: Git, wanted: Mapping[str, str]) -> None:
        try:
            self._exchange(git, wanted)
        except LimitFault:
            self._start_over()  # too much is not kept
            raise
        except GitFault:
            # The other side answers: a fetch that was killed may have left a lock or half an object here.
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
        if len(list((self._folder / "objects" / "pack").glob("*.pack"))) > _PACKS:
            self._git.run("gc", "--prune=now", "--quiet", seconds=self._limits.seconds)

    def _start_over(self) -> None:
        for each in self._folder.iterdir():
            if each.name.startswith(KEY_FOLDER) or each.name == LOCK:
                continue  # in use by this very fetch
            if each.is_dir():
                shutil.rmtree(each)
            else:
                os.unlink(each)  # noqa: PTH108
        self._make()

    def _make(self) -> None:
        self._git.trust()
        self._git.run("init", "--bare", "--quiet", "--template=", str(self._folder))
