"""Signatures of audit records and purge proofs."""

from pathlib import Path
from typing import Protocol

from codekeep_contracts.faults import SettingsFault
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codekeep_runtime.core.files import private_key


class Verifier(Protocol):
    key_id: str

    def is_valid(self, text: bytes, signature: bytes) -> bool: ...


class Signer(Verifier, Protocol):
    def sign(self, text: bytes) -> bytes: ...


class FileSigner:
    """Ed25519 with a private key in a file, which is made if it is missing.

    Raises:
        SettingsFault: others than its owner may read the file, or it contains another kind of key.
    """

    def __init__(self, path: Path) -> None:
        try:
            key = serialization.load_pem_private_key(private_key(path, _new_key), None)
        except ValueError:
            raise SettingsFault(f"signing key {str(path)!r} is no PEM private key; restore it from a backup") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise SettingsFault(f"signing key {str(path)!r} must be of Ed25519")
        self._key, self._public = key, key.public_key()
        digest = hashes.Hash(hashes.SHA256())
        digest.update(self._public.public_bytes_raw())
        self.key_id = f"ed25519:{digest.finalize().hex()[:32]}"

    def sign(self, text: bytes) -> bytes:
        return self._key.sign(text)

    def is_valid(self, text: bytes, signature: bytes) -> bool:
        try:
            self._public.verify(signature, text)
        except InvalidSignature:
            return False
        return True


class EcdsaKey:
    """The public half of a KMS key on NIST P-256: verifies without asking KMS.

    Args:
        key_id: the key's ARN, which its seals name.
        document: the key as SubjectPublicKeyInfo, DER (as `kms get-public-key` returns it) or PEM.

    Raises:
        SettingsFault: it is another kind of key.
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

    def is_valid(self, text: bytes, signature: bytes) -> bool:
        try:
            self._key.verify(signature, text, ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
