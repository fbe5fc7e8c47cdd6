"""Progress of a run, from which the command line draws bars."""

from enum import StrEnum
from typing import Protocol


class Phase(StrEnum):
    FETCH = "fetch"  # repositories
    PARSE = "parse"  # files
    EMBED = "embed"  # chunks


class Progress(Protocol):
    def __call__(self, phase: Phase, done: int, total: int) -> None:
        """`total` grows as more work becomes known; both count from the start of the run."""


def ignore_progress(phase: Phase, done: int, total: int) -> None:
    """Ignores progress."""


class Counter:
    """Adds up the work of one phase and reports every change."""

    def __init__(self, progress: Progress, phase: Phase) -> None:
        self._progress, self._phase = progress, phase
        self.done = self.total = 0

    def expect(self, more: int) -> None:
        self.total += more
        self._progress(self._phase, self.done, self.total)

    def step(self, more: int = 1) -> None:
        self.done += more
        self._progress(self._phase, self.done, max(self.total, self.done))
