"""Progress of long work, on standard error where that is a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from codekeep_runtime.ingest.progress import Phase, Progress

_WORDS = {"fetch": "Repositories", "parse": "Files", "embed": "Vectors"}


@contextmanager
def bars() -> "Iterator[Progress]":
    """A bar for each phase once it has something to do."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, disable=not console.is_terminal) as drawn:
        tasks = {phase: drawn.add_task(word, total=None, visible=False) for phase, word in _WORDS.items()}

        def tell(phase: "Phase", done: int, total: int) -> None:
            drawn.update(tasks[phase.value], completed=done, total=total, visible=total > 0)

        yield tell


@contextmanager
def bytes_bar(word: str) -> "Iterator[Callable[[int, int], None]]":
    """One bar of bytes: called with how many are done, of how many. Elsewhere than in a terminal, the word alone."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    if not console.is_terminal:
        click.echo(word, err=True)
    with Bars(*columns, console=console, disable=not console.is_terminal) as drawn:
        task = drawn.add_task(word, total=None)
        yield lambda done, total: drawn.update(task, completed=done, total=total or None)
