"""Who signs: a key file on a laptop, a key of AWS KMS in a keep."""

import os
import stat
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from codekeep_contracts.faults import SettingsFault
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Verifier(Protocol):
    key_id: str

    def holds(self, text: bytes, signature: bytes) -> bool: ...


class Signer(Verifier, Protocol):
    def sign(self, text: bytes) -> bytes: ...


class FileSigner:
    """Ed25519 with a private key in a file that only its owner may read; made where there is none.

    Raises:
        SettingsFault: others may read the file, or it holds no such key.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            _make(path)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingsFault(f"signing key {str(path)!r} must be readable by its owner only; chmod 600 it")
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), None)
        except ValueError:
            raise SettingsFault(f"signing key {str(path)!r} is no PEM private key; restore it from a backup") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise SettingsFault(f"signing key {str(path)!r} must be of Ed25519")
        self._key = key
        self._public = PublicKey(key.public_key())
        self.key_id = self._public.key_id

    def sign(self, text: bytes) -> bytes:
        return self._key.sign(text)

    def holds(self, text: bytes, signature: bytes) -> bool:
        return self._public.holds(text, signature)


class PublicKey:
    """Enough to verify; for an auditor who must not be able to sign."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        digest = hashes.Hash(hashes.SHA256())
        digest.update(raw)
        self.key_id = f"ed25519:{digest.finalize().hex()[:32]}"

    def holds(self, text: bytes, signature: bytes) -> bool:
        try:
            self._key.verify(signature, text)
        except InvalidSignature:
            return False
        return True


class EcdsaKey:
    """The public half of a key of KMS on NIST P-256: enough to verify, without asking KMS.

    Args:
        key_id: the key's ARN, which its seals name.
        document: the key as SubjectPublicKeyInfo, DER (as `kms get-public-key` gives it) or PEM.

    Raises:
        SettingsFault: it is no such key.
    """

    def __init__(self, key_id: str, document: bytes) -> None:
        load = serialization.load_pem_public_key if document.startswith(b"-----") else serialization.load_der_public_key
        try:
            key = load(document)
        except (ValueError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, EllipticCurvePublicKey):
            raise SettingsFault("the public key must be of ECDSA, as DER or PEM: what `aws kms get-public-key` gives")
        self.key_id, self._key = key_id, key

    def holds(self, text: bytes, signature: bytes) -> bool:
        try:
            self._key.verify(signature, text, ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


class KmsSigner:
    """An ECC_NIST_P256 key of AWS KMS for SIGN_VERIFY: the private key is nowhere to be stolen from.

    Args:
        client: boto3's `kms` client, with kms:Sign on the key to sign and kms:GetPublicKey to verify.
        key_arn: of that key.
    """

    def __init__(self, client: Any, key_arn: str) -> None:
        self._client, self.key_id = client, key_arn

    def sign(self, text: bytes) -> bytes:
        signature: bytes = self._client.sign(
            KeyId=self.key_id, Message=text, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
        )["Signature"]
        return signature

    def holds(self, text: bytes, signature: bytes) -> bool:
        return self._public.holds(text, signature)

    @cached_property
    def _public(self) -> EcdsaKey:
        """Asked once: a year of seals is verified without a call for each."""
        return EcdsaKey(self.key_id, self._client.get_public_key(KeyId=self.key_id)["PublicKey"])


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # of two processes that start at once, one makes the key
    except FileExistsError:
        pass
    finally:
        draft.unlink()
