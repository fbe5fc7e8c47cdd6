"""Brings the text index up to date with the database."""

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import starmap

from codekeep_contracts.faults import DataFault

from codekeep_runtime.index.embedded import rows
from codekeep_runtime.index.embedded.database import BUSY_SECONDS, Database
from codekeep_runtime.index.embedded.text_index import BusyError, Entry, Progress, TextIndex

BATCH = 20_000  # chunks per commit
PAUSE_SECONDS = 0.05


class TextIndexUpdater:
    """Every writer of the database calls `run`, which waits if another process is at it."""

    def __init__(self, database: Database, text: TextIndex) -> None:
        self._database, self._text = database, text
        self._lock = threading.Lock()

    def run(self) -> None:
        """Makes everything that was committed before the call searchable by text.

        Raises:
            DataFault: another process has locked the text index for more than a minute.
        """
        deadline = time.monotonic() + BUSY_SECONDS
        with self._lock:
            while True:
                try:
                    return self._follow()
                except BusyError:
                    if time.monotonic() > deadline:
                        raise DataFault("the index is being written by another process; try again later") from None
                    time.sleep(PAUSE_SECONDS)

    def try_once(self) -> None:
        """Finishes what a killed writer left. Does nothing while another process writes, since that one does it."""
        try:
            with self._lock:
                self._follow()
        except BusyError:
            return

    def forget(self) -> None:
        """Rebuilds the text index if it contains words of removed chunks."""
        self.run()
        with self._lock:
            progress = self._text.progress()
            if progress.forgotten != progress.gone:
                with self._text.writing() as writer:
                    writer.rebuild(self._entries_up_to(progress.row), replace(progress, forgotten=progress.gone))

    def _follow(self) -> None:
        applied = self._text.progress()
        if self._missing(applied)[0] == applied:
            return
        with self._text.writing() as writer:
            applied = self._text.progress()  # another process may have continued since
            while True:
                target, gone, entries = self._missing(applied)
                if target == applied:
                    return
                writer.apply(gone, entries, target)
                applied = target

    def _missing(self, applied: Progress) -> tuple[Progress, list[int], Iterable[Entry]]:
        read = self._database.read
        gone = read.execute(
            "SELECT sequence, chunk FROM gone WHERE sequence > ? ORDER BY sequence LIMIT ?", (applied.gone, BATCH)
        ).fetchall()
        new = read.execute(rows.ENTRIES, (applied.row, BATCH)).fetchall()
        target = replace(applied, row=new[-1][0] if new else applied.row, gone=gone[-1][0] if gone else applied.gone)
        return target, [row for _, row in gone], starmap(Entry, new)

    def _entries_up_to(self, last: int) -> Iterator[Entry]:
        row = 0
        while new := self._database.read.execute(rows.ENTRIES, (row, BATCH)).fetchall():
            yield from (Entry(*each) for each in new if each[0] <= last)
            row = new[-1][0]
