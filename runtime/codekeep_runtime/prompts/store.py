"""Stores prompts of a trial on one machine: one encrypted file each. While storing is off, no folder is made."""

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from codekeep_contracts.faults import DataFault
from codekeep_contracts.settings.governance import PromptStorage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from codekeep_runtime.core.files import write_private
from codekeep_runtime.prompts.opt_in import OptIn, checked_reader_id
from codekeep_runtime.prompts.redaction import redact
from codekeep_runtime.prompts.wrapping import NONCE_BYTES, FileWrapping


@dataclass(frozen=True, kw_only=True)
class StoredPrompt:
    reader_id: str
    at: datetime
    text: str  # redacted


class PromptStore:
    """Prompts in a folder (see opt_in.Prompts).

    Args:
        folder: of the tenant's prompts, with one sub-folder per reader.
        wrapping: encrypts the data keys; each prompt has its own.
    """

    def __init__(self, folder: Path, settings: PromptStorage, wrapping: FileWrapping) -> None:
        self._folder, self._opt_in, self._wrapping = folder, OptIn(settings), wrapping
        self.is_on = self._opt_in.is_on

    def store(self, reader_id: str, text: str, at: datetime) -> None:
        if not self.is_on:
            return
        expires = self._opt_in.expiry(at)
        context = {"reader_id": checked_reader_id(reader_id), "at": at.isoformat(), "expires": expires.isoformat()}
        key, nonce = AESGCM.generate_key(256), os.urandom(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, redact(text).encode("utf-8", "replace"), _aad(context))
        wrapped = self._wrapping.wrap(key, context)
        document = {**context, "key": wrapped.hex(), "nonce": nonce.hex(), "sealed": sealed.hex()}
        folder = self._folder / reader_id
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{int(expires.timestamp())}-{secrets.token_hex(8)}.prompt"  # so that `expire` need not open files
        write_private(folder / name, json.dumps(document).encode(), new=True)

    def read(self, reader_id: str) -> Iterator[StoredPrompt]:
        """A reader's prompts, the first to expire first.

        Raises:
            DataFault: a prompt was altered, or moved to another reader or time.
        """
        for path in self._paths(reader_id):
            document = json.loads(path.read_bytes())
            context = {name: document[name] for name in ("at", "expires")} | {"reader_id": reader_id}
            key = self._wrapping.unwrap(bytes.fromhex(document["key"]), context)
            try:
                text = AESGCM(key).decrypt(
                    bytes.fromhex(document["nonce"]), bytes.fromhex(document["sealed"]), _aad(context)
                )
            except InvalidTag:
                raise DataFault("a stored prompt was altered") from None
            yield StoredPrompt(reader_id=reader_id, at=datetime.fromisoformat(document["at"]), text=text.decode())

    def expire(self, now: datetime) -> int:
        """Deletes expired prompts with their data keys; returns how many."""
        due = [path for path in self._paths("*") if int(path.name.partition("-")[0]) <= now.timestamp()]
        for path in due:
            path.unlink(missing_ok=True)
        return len(due)

    def forget(self, reader_id: str) -> None:
        for path in self._paths(reader_id):
            path.unlink(missing_ok=True)

    def count(self, reader_id: str = "*") -> int:
        return len(self._paths(reader_id))

    def _paths(self, reader_id: str) -> list[Path]:
        return sorted(self._folder.glob(f"{reader_id}/*.prompt"))


def _aad(context: dict[str, str]) -> bytes:
    return "\0".join(("codekeep-prompt/1", context["reader_id"], context["at"], context["expires"])).encode()
