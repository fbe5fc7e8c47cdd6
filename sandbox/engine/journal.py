"""The journal of a stack: one JSON line per step since the checkpoint was last written.

Rewriting a checkpoint of n resources after each of n steps is quadratic. Instead each change is one appended line; the
checkpoint is written when a deployment ends or, after a crash, when the next one starts. A line is one `write`, so it
survives the death of the process. It is not fsynced, because the resource it describes is in the sandbox on the same
machine and does not survive a power cut either. An incomplete last line is a step that did not happen. The first line
has the digest of the checkpoint that the journal belongs to: after a crash between writing the checkpoint and removing
the journal they no longer match, and the journal is ignored.
"""

import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.engine.checkpoint import CheckpointError, StackState
from sandbox.engine.crypter import Crypter
from sandbox.engine.state import operation_from_json, resource_from_json

_FORMAT = 1


class Journal:
    """Appends changes: `["put", key, resource]`, `["drop", key]`, `["begin", operation key, operation]`,
    `["end", operation key]`.
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
    """Applies a journal's changes to `state`. False where there is none for this checkpoint.

    Raises:
        CheckpointError: a line other than the last is damaged.
    """
    if not path.exists():
        return False
    content = path.read_bytes()
    lines = content.split(b"\n")[:-1]  # what follows the last newline was being written when the process died
    if not lines or _parse(path, 0, lines[0]) != {"format": _FORMAT, "base": base_digest}:
        return False
    for number, line in enumerate(lines[1:], start=1):
        for change in _parse(path, number, line):
            _apply(state, change, crypter)
    return True


def _parse(path: Path, number: int, line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise CheckpointError(
            f"{path}: line {number + 1} is damaged ({error}); remove the lines from there on"
        ) from None


def _apply(state: StackState, change: list[Any], crypter: Crypter) -> None:
    kind, key = change[0], change[1]
    if kind == "put":
        state.resources[key] = resource_from_json(change[2], crypter)
    elif kind == "drop":
        state.resources.pop(key, None)
    elif kind == "begin":
        state.pending[key] = operation_from_json(change[2], crypter)
    else:
        state.pending.pop(key, None)
