"""Signs audit records and purge proofs with a key of AWS KMS."""

from functools import cached_property
from typing import Any

from codekeep_runtime.audit.signer import EcdsaKey


class KmsSigner:
    """An ECC_NIST_P256 key for SIGN_VERIFY, whose private half never leaves KMS.

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

    def is_valid(self, text: bytes, signature: bytes) -> bool:
        return self._public.is_valid(text, signature)

    @cached_property
    def _public(self) -> EcdsaKey:
        """Fetched once: a year of seals is verified without a call for each."""
        return EcdsaKey(self.key_id, self._client.get_public_key(KeyId=self.key_id)["PublicKey"])
