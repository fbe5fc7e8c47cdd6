"""The signed proof of a purge. Contains ids and counts, no names."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from codekeep_runtime.audit.line import canonical_json
from codekeep_runtime.audit.signer import Signer, Verifier


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Counts by store. `after` was read from every store once all had been emptied."""

    subject_kind: str  # "repository" or "reader"
    subject_id: str
    started_at: str  # ISO 8601, UTC; of the first attempt
    finished_at: str
    before: Mapping[str, int]
    after: Mapping[str, int]

    def signed(self, signer: Signer) -> bytes:
        """The proof as a JSON document."""
        body = {"version": 1, **asdict(self)}
        text = canonical_json(body)
        signature = {"digest": hashlib.sha256(text).hexdigest(), "key": signer.key_id}
        return json.dumps({**body, **signature, "signature": signer.sign(_tagged(text)).hex()}, indent=1).encode()


def is_valid_proof(document: bytes, verifier: Verifier) -> bool:
    """Whether the proof is unchanged since that key signed it, and says that nothing is left."""
    try:
        body = json.loads(document)
        key, digest, signature = body.pop("key"), body.pop("digest"), bytes.fromhex(body.pop("signature"))
        text = canonical_json(body)
        is_empty = bool(body["after"]) and not any(body["after"].values())
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return (
        is_empty
        and key == verifier.key_id
        and digest == hashlib.sha256(text).hexdigest()
        and verifier.is_valid(_tagged(text), signature)
    )


def _tagged(text: bytes) -> bytes:
    return b"codekeep-purge/1 " + text  # so that a signature for one purpose is not valid for another
