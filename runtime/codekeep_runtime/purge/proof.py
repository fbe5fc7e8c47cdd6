"""What a purge found, what it left, and a signature over both. Holds ids and counts, no names."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from codekeep_runtime.audit.line import canonical
from codekeep_runtime.audit.signer import Signer, Verifier


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Counts by store; `after` was read again from every store once all had been emptied."""

    subject_kind: str  # "repository" or "reader"
    subject_id: str
    started_at: str  # ISO 8601, UTC; of the first attempt
    finished_at: str
    before: Mapping[str, int]
    after: Mapping[str, int]

    def signed(self, signer: Signer) -> bytes:
        """The proof as a JSON document."""
        body = {"version": 1, **asdict(self)}
        text = canonical(body)
        signature = {"digest": hashlib.sha256(text).hexdigest(), "key": signer.key_id}
        return json.dumps({**body, **signature, "signature": signer.sign(_named(text)).hex()}, indent=1).encode()


def holds(document: bytes, verifier: Verifier) -> bool:
    """Whether a proof is as it was signed by that key, and says that nothing is left."""
    try:
        told = json.loads(document)
        key, digest, signature = told.pop("key"), told.pop("digest"), bytes.fromhex(told.pop("signature"))
        text = canonical(told)
        is_empty = bool(told["after"]) and not any(told["after"].values())
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return (
        is_empty
        and key == verifier.key_id
        and digest == hashlib.sha256(text).hexdigest()
        and verifier.holds(_named(text), signature)
    )


def _named(text: bytes) -> bytes:
    return b"codekeep-purge/1 " + text  # a signature for one purpose is none for another
