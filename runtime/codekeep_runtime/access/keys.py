"""Public keys that verify tokens: pinned in the settings, or fetched from the issuer and cached."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import jwt
from codekeep_contracts.faults import AccessFault
from codekeep_contracts.settings.access import SigningKey

from codekeep_runtime.telemetry import emit

ALGORITHM_OF = {"RSA": "RS256", "EC": "ES256"}  # the key determines the algorithm, never the token
MIN_RSA_BITS = 2048
REFRESH_SECONDS = 300.0
UNKNOWN_KEY_SECONDS = 30.0  # an unknown key id (a rotation, or a guess) causes at most one fetch in that time


class PinnedKeys:
    """Keys from the settings."""

    def __init__(self, keys: Iterable[SigningKey]) -> None:
        self._keys = usable_keys([key.model_dump(exclude_none=True) for key in keys])

    def key(self, kid: str) -> jwt.PyJWK:
        """
        Raises:
            AccessFault: no key has that id.
        """
        if kid not in self._keys:
            raise AccessFault("sign-in is needed")
        return self._keys[kid]


class FetchedKeys:
    """Keys of the issuer's JWKS document, fetched again when they are old or a token names an unknown one.

    Args:
        fetch: returns the document's `keys`. If it raises, the present keys stay valid until they are too old.
    """

    def __init__(self, fetch: Callable[[], Sequence[Mapping[str, Any]]]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._tried_at = float("-inf")

    def key(self, kid: str) -> jwt.PyJWK:
        """
        Raises:
            AccessFault: no key has that id, or the last successful fetch is too long ago.
        """
        with self._lock:
            now = time.monotonic()
            wait = REFRESH_SECONDS if kid in self._keys else UNKNOWN_KEY_SECONDS
            if now - self._tried_at >= wait:
                self._refresh(now)
            if kid not in self._keys or now - self._fetched_at > 2 * REFRESH_SECONDS:
                raise AccessFault("sign-in is needed")
            return self._keys[kid]

    def _refresh(self, now: float) -> None:
        self._tried_at = now
        try:
            self._keys = usable_keys(self._fetch())
        except Exception as error:  # the message may contain text of the issuer
            emit("signing-keys-not-fetched", component="access", level="error", error_kind=type(error).__name__)
            return
        self._fetched_at = now


def usable_keys(keys: Sequence[Mapping[str, Any]]) -> dict[str, jwt.PyJWK]:
    """Signing keys by key id: RSA with at least 2048 bits, and EC on P-256. Others are ignored."""
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
        if algorithm == "RS256" and made.key.key_size < MIN_RSA_BITS:
            continue
        found[kid] = made
    return found
