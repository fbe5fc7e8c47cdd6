"""The journal: one JSON line per step since the checkpoint was last written, so that a step costs the same on any
stack.

Rewriting a checkpoint of n resources after each of n steps is quadratic. Instead each change is one appended line, and
the whole is folded into the checkpoint when a deployment ends (or, after a crash, when the next one begins). A line is
one `write`, so it survives the death of the process; it is not fsynced, because what a line describes lives in the
sandbox on the same machine and does not outlive a power cut either. A torn last line is a step that never was. The
first line names the checkpoint that the journal belongs to by its digest: after a crash between writing the checkpoint
and removing the journal it no longer matches and is ignored.
"""

import json
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sandbox.engine.checkpoint import CheckpointError, StackState
from sandbox.engine.crypter import Crypter
from sandbox.engine.state import operation_from_json, resource_from_json

_FORMAT = 1


class Journal:
    """Appends changes: `["put", key, resource]`, `["drop", key]`, `["begin", operation key, operation]`, `["end",
    operation key]`.
    """

    def __init__(self, path: Path, base_digest: str) -> None:
        self._path = path
        self._header = {"format": _FORMAT, "base": base_digest}
        self._descriptor: int | None = None
        self._lock = threading.Lock()

    def append(self, changes: Sequence[Sequence[Any]]) -> None:
        """All changes of one call take effect together or not at all."""
        line = json.dumps(changes, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            if self._descriptor is None:
                self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
                _write(self._descriptor, json.dumps(self._header).encode() + b"\n")
            _write(self._descriptor, line)

    @property
    def empty(self) -> bool:
        return self._descriptor is None

    def remove(self) -> None:
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
            self._path.unlink(missing_ok=True)


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def replay(path: Path, base_digest: str, state: StackState, crypter: Crypter) -> bool:
    """Applies what a journal holds to `state`; False where there is none for this checkpoint.

    Raises CheckpointError where a line other than the last is damaged.
    """
    if not path.exists():
        return False
    content = path.read_bytes()
    lines = content.split(b"\n")[:-1]  # what follows the last newline was being written when the process died
    if not lines or _parse(path, 0, lines[0]) != {"format": _FORMAT, "base": base_digest}:
        return False
    for number, line in enumerate(lines[1:], start=1):
        for change in _parse(path, number, line):
            _APPLY[change[0]](state, change, crypter)
    return True


def _parse(path: Path, number: int, line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise CheckpointError(
            f"{path}: line {number + 1} is damaged ({error}); remove the lines from there on"
        ) from None


def _put(state: StackState, change: list[Any], crypter: Crypter) -> None:
    state.resources[change[1]] = resource_from_json(change[2], crypter)


def _drop(state: StackState, change: list[Any], _crypter: Crypter) -> None:
    state.resources.pop(change[1], None)


def _begin(state: StackState, change: list[Any], crypter: Crypter) -> None:
    state.pending[change[1]] = operation_from_json(change[2], crypter)


def _end(state: StackState, change: list[Any], _crypter: Crypter) -> None:
    state.pending.pop(change[1], None)


_APPLY: dict[str, Callable[[StackState, list[Any], Crypter], None]] = {
    "put": _put,
    "drop": _drop,
    "begin": _begin,
    "end": _end,
}
