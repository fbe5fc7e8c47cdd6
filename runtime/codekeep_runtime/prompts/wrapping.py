"""Data keys under another key, which lies in a file; in a keep, the bucket seals prompts with the key for them."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from codekeep_contracts.faults import DataFault, SettingsFault
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES, NONCE_BYTES = 32, 12


class FileWrapping:
    """AES-256-GCM under 32 bytes in a file that only its owner may read; made where there is none.

    Raises:
        SettingsFault: others may read the file, or it has another length.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(os.urandom(KEY_BYTES))
        except FileExistsError:
            pass
        key = path.read_bytes()
        if stat.S_IMODE(path.stat().st_mode) & 0o077 or len(key) != KEY_BYTES:
            raise SettingsFault(f"key {str(path)!r} must be {KEY_BYTES} bytes, readable by its owner only")
        self._cipher = AESGCM(key)

    def wrap(self, key: bytes, context: Mapping[str, str]) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, _bound(context))

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        """
        Raises:
            DataFault: it was wrapped by another key or in another context.
        """
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _bound(context))
        except (InvalidTag, ValueError):
            raise DataFault("a stored prompt's key cannot be unwrapped: other key, reader or time") from None


def _bound(context: Mapping[str, str]) -> bytes:
    return "\0".join(f"{name}={context[name]}" for name in sorted(context)).encode()
