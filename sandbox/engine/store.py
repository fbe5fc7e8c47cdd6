"""The state of a stack while it changes: in memory, in the journal, and at the end in the checkpoint."""

import itertools
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.engine.backend import StackFiles
from sandbox.engine.checkpoint import StackState, decode, digest, encode, parse, salt_of
from sandbox.engine.crypter import ClosedCrypter, Crypter, PassphraseCrypter
from sandbox.engine.journal import Journal, replay
from sandbox.engine.state import Operation, ResourceState, in_dependency_order, operation_to_json, resource_to_json
from sandbox.engine.urn import ProviderRef, is_provider_type
from sandbox.files import write_atomically


def load(files: StackFiles, passphrase: str | None) -> StackState:
    """The current state, with the journal's steps. Without a passphrase every secret is "[secret]". Writes nothing.

    Raises:
        FileNotFoundError: the stack was never deployed.
        CheckpointError: checkpoint or journal cannot be read.
        WrongPassphraseError: the passphrase is not the state's.
    """
    content = files.checkpoint.read_bytes()
    while True:
        document = parse(content, str(files.checkpoint))
        crypter = ClosedCrypter() if passphrase is None else _crypter_for(document, passphrase)
        state, _ = _decode(files, content, document, crypter)
        seen, content = content, files.checkpoint.read_bytes()
        if seen == content:
            return state
        # A deployment ended meanwhile and wrote its journal into a new checkpoint: read again.


def _crypter_for(document: Mapping[str, Any], passphrase: str) -> PassphraseCrypter:
    salt_line = salt_of(document)
    return PassphraseCrypter(passphrase, salt_line) if salt_line else PassphraseCrypter.fresh(passphrase)


def _decode(
    files: StackFiles, content: bytes, document: Mapping[str, Any], crypter: Crypter
) -> tuple[StackState, bool]:
    """The state of a checkpoint and its journal, and whether there was a journal."""
    state = decode(document, crypter)
    replayed = replay(files.journal, digest(content), state, crypter)
    return state, replayed


def _with_new_keys(state: StackState) -> StackState:
    """The state with the keys that its checkpoint gives it when it is read."""
    order = in_dependency_order(state.resources)
    return StackState(
        {f"b{index}": state.resources[key] for index, key in enumerate(order)},
        {f"p{index}": operation for index, operation in enumerate(state.pending.values())},
    )


class StateStore:
    """Thread-safe. With `read_only` (previews) nothing is written to disk.

    A crash loses no operation: `begin` is written before a provider is called, and `commit` writes the result together
    with the end of the operation, in one line.
    """

    def __init__(self, files: StackFiles, passphrase: str, *, read_only: bool = False) -> None:
        """Loads the state, with the journal of a run that died. The caller holds the stack's lock."""
        self._files = files
        self._read_only = read_only
        self.lock = threading.RLock()
        self._numbers = itertools.count()
        content = files.checkpoint.read_bytes() if files.checkpoint.exists() else b""
        document = parse(content, str(files.checkpoint)) if content else None
        self._crypter = _crypter_for(document, passphrase) if document else PassphraseCrypter.fresh(passphrase)
        if read_only:  # the state may be changing meanwhile
            self.state = _with_new_keys(load(files, passphrase) if document else StackState())
        elif document is None:
            self.state = StackState()
            content = self._write()
        else:
            self.state, had_journal = _decode(files, content, document, self._crypter)
            if had_journal or salt_of(document) is None:
                content = self._write()
                self.state = _with_new_keys(self.state)  # the new journal names instances by position in the checkpoint
        self._providers = {
            ProviderRef(state.urn, state.id): state
            for state in self.state.resources.values()
            if is_provider_type(state.type)
        }
        self._journal = Journal(files.journal, digest(content))
        if not read_only:
            files.journal.unlink(missing_ok=True)

    def begin(self, operation_type: str, resource: ResourceState) -> str:
        """Records that a provider is about to be called. Returns the operation's key for `commit`."""
        operation = Operation(operation_type, resource)
        encoded = operation_to_json(operation, self._crypter)
        with self.lock:
            key = f"o{next(self._numbers)}"
            self.state.pending[key] = operation
            self._append([["begin", key, encoded]])
            return key

    def commit(
        self,
        *,
        put: Mapping[str, ResourceState] | None = None,
        drop: Sequence[str] = (),
        end: Sequence[str] = (),
    ) -> None:
        """Records new, changed and removed instances and the end of operations, all or nothing."""
        put = put or {}
        changes: list[list[Any]] = [["put", key, resource_to_json(state, self._crypter)] for key, state in put.items()]
        changes += [["drop", key] for key in drop]
        changes += [["end", key] for key in end]
        with self.lock:
            self.state.resources.update(put)
            for state in put.values():
                if is_provider_type(state.type):
                    self._providers[ProviderRef(state.urn, state.id)] = state
            for key in drop:
                self.state.resources.pop(key, None)
            for key in end:
                self.state.pending.pop(key, None)
            self._append(changes)

    def provider(self, reference: ProviderRef) -> ResourceState | None:
        """State of a provider, also of one that this run deleted."""
        with self.lock:
            return self._providers.get(reference)

    def new_key(self) -> str:
        with self.lock:
            return f"n{next(self._numbers)}"

    def snapshot(self) -> StackState:
        with self.lock:
            return StackState(dict(self.state.resources), dict(self.state.pending))

    def close(self) -> None:
        """Writes the journal's steps into the checkpoint."""
        with self.lock:
            if self._read_only or self._journal.empty:
                return
            self._write()
            self._journal.remove()

    def _append(self, changes: list[list[Any]]) -> None:
        if changes and not self._read_only:
            self._journal.append(changes)

    def _write(self) -> bytes:
        content = encode(self.state, self._files.qualified_name, self._crypter)
        write_atomically(self._files.checkpoint, content)
        return content
