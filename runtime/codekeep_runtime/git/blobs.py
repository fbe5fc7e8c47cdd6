"""Reads blobs with one long-lived `git cat-file --batch`."""

import subprocess
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from codekeep_runtime.git.command import Git
from codekeep_runtime.git.faults import GitFault

_REQUESTS_AT_ONCE = 512  # of 41 or 65 bytes: less than a pipe buffers, so neither side blocks the other


class Blobs:
    """A context manager; not thread-safe."""

    def __init__(self, git: Git) -> None:
        self._process: subprocess.Popen[bytes] = git.start("cat-file", "--batch")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def read(self, ids: Sequence[str]) -> Iterator[bytes | None]:
        """Contents in the order of `ids`; None for a blob that a damaged or partial repository lacks.

        Raises:
            GitFault: git ended.
        """
        for start in range(0, len(ids), _REQUESTS_AT_ONCE):
            requested = ids[start : start + _REQUESTS_AT_ONCE]
            assert self._process.stdin  # noqa: S101 - started with a pipe
            try:
                self._process.stdin.write("".join(f"{each}\n" for each in requested).encode())
                self._process.stdin.flush()
            except BrokenPipeError:
                raise GitFault("git cat-file ended early; the mirror is damaged, remove its folder") from None
            for _ in requested:
                yield self._next()

    def _next(self) -> bytes | None:
        assert self._process.stdout  # noqa: S101
        header = self._process.stdout.readline().split()
        if len(header) == 2:
            return None
        if len(header) != 3:
            raise GitFault("git cat-file ended early; the mirror is damaged, remove its folder")
        size = int(header[2])
        data = self._process.stdout.read(size + 1)
        if len(data) != size + 1:
            raise GitFault("git cat-file ended early; the mirror is damaged, remove its folder")
        return data[:size]
