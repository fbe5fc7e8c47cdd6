"""Encrypts data keys with a key in a file. In a keep, the bucket's KMS key encrypts prompts instead."""

import os
from collections.abc import Mapping
from pathlib import Path

from codekeep_contracts.faults import DataFault, SettingsFault
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from codekeep_runtime.core.files import private_key

KEY_BYTES, NONCE_BYTES = 32, 12


class FileWrapping:
    """AES-256-GCM with 32 bytes from a file, which is made if it is missing.

    Raises:
        SettingsFault: others than its owner may read the file, or it has another length.
    """

    def __init__(self, path: Path) -> None:
        key = private_key(path, lambda: os.urandom(KEY_BYTES))
        if len(key) != KEY_BYTES:
            raise SettingsFault(f"key {str(path)!r} must be {KEY_BYTES} bytes; restore it from a backup")
        self._cipher = AESGCM(key)

    def wrap(self, key: bytes, context: Mapping[str, str]) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, _associated_data(context))

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        """
        Raises:
            DataFault: it was wrapped with another key or context.
        """
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _associated_data(context))
        except (InvalidTag, ValueError):
            raise DataFault("a stored prompt's key cannot be unwrapped: other key, reader or time") from None


def _associated_data(context: Mapping[str, str]) -> bytes:
    return "\0".join(f"{name}={context[name]}" for name in sorted(context)).encode()
