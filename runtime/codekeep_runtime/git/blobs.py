"""Contents of blobs by one long-lived `git cat-file --batch`."""

import subprocess
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from codekeep_runtime.git.command import Git
from codekeep_runtime.git.faults import GitFault

_ASKED_AT_ONCE = 512  # of 41 or 65 bytes: less than a pipe holds, so neither side waits for the other


class Blobs:
    """A context manager; not for several threads."""

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
        """In the order asked; None where the repository lacks one (a damaged or partial one).

        Raises:
            GitFault: git ended.
        """
        for start in range(0, len(ids), _ASKED_AT_ONCE):
            asked = ids[start : start + _ASKED_AT_ONCE]
            assert self._process.stdin  # noqa: S101 - it was started with a pipe
            try:
                self._process.stdin.write("".join(f"{each}\n" for each in asked).encode())
                self._process.stdin.flush()
            except BrokenPipeError:
                raise GitFault("git cat-file ended early; the mirror is damaged, remove its folder") from None
            for _ in asked:
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
