"""Encrypts secrets in the format of Pulumi's passphrase provider: the pulumi CLI reads them with the same passphrase.

Salt line: `v1:<salt>:v1:<nonce>:<ciphertext of "pulumi">`; a value: `v1:<nonce>:<ciphertext>`; AES-256-GCM under a key
of PBKDF2 (SHA-256, 1,000,000 rounds).
"""

import base64
import hashlib
import os
import threading
from functools import lru_cache
from typing import Protocol

from codekeep_contracts.faults import Fault
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_ROUNDS = 1_000_000
_SALT_BYTES = 8
_NONCE_BYTES = 12
_PROBE = "pulumi"


class WrongPassphraseError(Fault, ValueError):
    """The passphrase does not decrypt this stack's secrets."""


class Crypter(Protocol):
    def encrypt(self, plaintext: str) -> str: ...

    def decrypt(self, ciphertext: str) -> str: ...


class ClosedCrypter:
    """Reads and exports a state without its passphrase: secrets stay encrypted."""

    def encrypt(self, plaintext: str) -> str:
        return "sealed"

    def decrypt(self, ciphertext: str) -> str:
        return '"[secret]"'


class PassphraseCrypter:
    """Encrypts one stack's secrets. Within a run equal plaintexts have equal ciphertexts, so that an unchanged state
    stays unchanged.
    """

    def __init__(self, passphrase: str, salt_line: str) -> None:
        """Raises WrongPassphraseError, ValueError on a salt line of another format."""
        version, salt, probe = [*salt_line.split(":", 2), "", ""][:3]
        if version != "v1" or not probe:
            raise ValueError("secrets_providers.state.salt is not of the form v1:<salt>:<probe>")
        self.salt_line = salt_line
        self._key = _derive(passphrase, base64.b64decode(salt))
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()
        if self.decrypt(probe) != _PROBE:
            raise WrongPassphraseError("the passphrase does not open this stack's secrets")

    @classmethod
    def fresh(cls, passphrase: str) -> "PassphraseCrypter":
        """A crypter with a new salt, for a stack that has none yet."""
        salt = new_salt()
        probe = _seal(_derive(passphrase, salt), _PROBE)
        return cls(passphrase, f"v1:{base64.b64encode(salt).decode()}:{probe}")

    def encrypt(self, plaintext: str) -> str:
        with self._lock:
            if plaintext not in self._known:
                self._known[plaintext] = _seal(self._key, plaintext)
            return self._known[plaintext]

    def decrypt(self, ciphertext: str) -> str:
        version, nonce, sealed = ciphertext.split(":")
        if version != "v1":
            raise ValueError(f"unknown version of an encrypted value: {version!r}; allowed: 'v1'")
        try:
            plain = AESGCM(self._key).decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None).decode()
        except InvalidTag:
            raise WrongPassphraseError(
                "the passphrase does not open this stack's secrets; use the one it was created with"
            ) from None
        with self._lock:
            self._known.setdefault(plain, ciphertext)
        return plain


def new_salt() -> bytes:
    return os.urandom(_SALT_BYTES)


@lru_cache(maxsize=64)
def _derive(passphrase: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ROUNDS, 32)


def _seal(key: bytes, plaintext: str) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plaintext.encode(), None)
    return f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(sealed).decode()}"
