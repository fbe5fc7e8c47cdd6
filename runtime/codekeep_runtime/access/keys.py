"""The public keys that tokens are signed with: pinned, or fetched from the issuer and cached."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import jwt
from codekeep_contracts.faults import AccessFault
from codekeep_contracts.settings.access import SigningKey

from codekeep_runtime.telemetry import emit

ALGORITHM_OF = {"RSA": "RS256", "EC": "ES256"}  # the key says how it is used, never the token
LEAST_RSA_BITS = 2048
FRESH_FOR_SECONDS = 300.0
UNKNOWN_KEY_EVERY_SECONDS = 30.0  # how often an unknown key makes us ask again: a rotation, or somebody's guesses


class PinnedKeys:
    """Keys of the settings."""

    def __init__(self, keys: Iterable[SigningKey]) -> None:
        self._keys = usable([key.model_dump(exclude_none=True) for key in keys])

    def key(self, kid: str) -> jwt.PyJWK:
        """
        Raises:
            AccessFault: no key has that id.
        """
        if kid not in self._keys:
            raise AccessFault("sign-in is needed")
        return self._keys[kid]


class FetchedKeys:
    """Keys of the issuer's key document, asked again when old, or when a token names one that is not among them.

    Args:
        fetch: gets the document's `keys`; whatever it raises leaves the keys there are until they are too old.
    """

    def __init__(self, fetch: Callable[[], Sequence[Mapping[str, Any]]]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._asked_at = float("-inf")

    def key(self, kid: str) -> jwt.PyJWK:
        """
        Raises:
            AccessFault: no key has that id, or none could be fetched for too long.
        """
        with self._lock:
            now = time.monotonic()
            wait = FRESH_FOR_SECONDS if kid in self._keys else UNKNOWN_KEY_EVERY_SECONDS
            if now - self._asked_at >= wait:
                self._ask(now)
            if kid not in self._keys or now - self._fetched_at > 2 * FRESH_FOR_SECONDS:
                raise AccessFault("sign-in is needed")
            return self._keys[kid]

    def _ask(self, now: float) -> None:
        self._asked_at = now
        try:
            self._keys = usable(self._fetch())
        except Exception as error:  # the issuer's fault, not the reader's; its words are not ours to tell
            emit("signing-keys-not-fetched", component="access", level="error", error_kind=type(error).__name__)
            return
        self._fetched_at = now


def usable(keys: Sequence[Mapping[str, Any]]) -> dict[str, jwt.PyJWK]:
    """By key id: RSA of at least 2048 bits and EC on P-256, for signatures. Others are passed over."""
    found = {}
    for key in keys:
        algorithm, kid = ALGORITHM_OF.get(str(key.get("kty"))), key.get("kid")
        if algorithm is None or not isinstance(kid, str) or key.get("use", "sig") != "sig":
            continue
        public = {name: key[name] for name in ("kty", "kid", "n", "e", "x", "y") if name in key}
        if algorithm == "ES256":
            public["crv"] = "P-256"
        try:
            made = jwt.PyJWK(public, algorithm)
        except jwt.PyJWTError:
            continue
        if algorithm == "RS256" and made.key.key_size < LEAST_RSA_BITS:
            continue
        found[kid] = made
    return found
