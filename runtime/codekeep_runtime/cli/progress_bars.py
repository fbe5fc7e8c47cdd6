"""Progress bars on standard error, if that is a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import ProgressColumn

    from codekeep_runtime.ingest.progress import Phase, Progress

_LABELS = {"fetch": "Repositories", "parse": "Files", "embed": "Vectors"}


@contextmanager
def progress_bars() -> "Iterator[Progress]":
    """One bar per phase, shown once the phase has work."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn

    with _bars(TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()) as drawn:
        tasks = {phase: drawn.add_task(label, total=None, visible=False) for phase, label in _LABELS.items()}

        def draw(phase: "Phase", done: int, total: int) -> None:
            drawn.update(tasks[phase.value], completed=done, total=total, visible=total > 0)

        yield draw


@contextmanager
def bytes_bar(label: str) -> "Iterator[Callable[[int, int], None]]":
    """One bar of bytes, drawn by calls with (done, total). Outside a terminal it only prints the label."""
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeElapsedColumn

    with _bars(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn()) as drawn:
        if not drawn.console.is_terminal:
            click.echo(label, err=True)
        task = drawn.add_task(label, total=None)
        yield lambda done, total: drawn.update(task, completed=done, total=total or None)


def _bars(*columns: "ProgressColumn") -> "Bars":
    from rich.console import Console
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    return Bars(*columns, console=console, disable=not console.is_terminal)
