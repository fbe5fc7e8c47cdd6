"""Authenticates a request by its Authorization header. No other header identifies a reader."""

import hashlib
from typing import Any, Protocol

import jwt
from codekeep_contracts.faults import AccessFault

from codekeep_runtime.access.accounts import PREFIX, ServiceAccounts
from codekeep_runtime.core import Reader

ALGORITHMS = ("RS256", "ES256")
SKEW_SECONDS = 60
MAX_TOKEN_CHARACTERS = 16_384
MAX_GROUPS = 1000


class Keys(Protocol):
    def key(self, kid: str) -> jwt.PyJWK: ...


class Identity:
    """Verifies tokens of one issuer for one audience, and tokens of service accounts.

    Args:
        login_claim: the claim with the person's login at the Git host ("preferred_username", "email").
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        keys: Keys,
        accounts: ServiceAccounts,
        *,
        groups_claim: str = "groups",
        login_claim: str = "preferred_username",
    ) -> None:
        self._issuer, self._audience, self._keys, self._accounts = issuer, audience, keys, accounts
        self._groups_claim, self._login_claim = groups_claim, login_claim

    def reader(self, authorization: str | None) -> Reader:
        """Blocks while keys or accounts are read: call it in a thread.

        Raises:
            AccessFault: with the same message, whatever is wrong.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > MAX_TOKEN_CHARACTERS:
            raise AccessFault("sign-in is needed")
        if token.startswith(PREFIX):
            return self._accounts.reader(token)
        try:
            return self._person(self._verified(token))
        except (jwt.PyJWTError, ValueError, TypeError):
            raise AccessFault("sign-in is needed") from None

    def _verified(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS or not isinstance(header.get("kid"), str) or "crit" in header:
            raise AccessFault("sign-in is needed")
        key = self._keys.key(header["kid"])
        return jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],  # from the key, not from the token
            audience=self._audience,
            issuer=self._issuer,
            leeway=SKEW_SECONDS,
            options={"require": ["exp", "iss", "aud", "sub"], "strict_aud": False},
        )

    def _person(self, claims: dict[str, Any]) -> Reader:
        subject, groups = claims["sub"], claims.get(self._groups_claim, [])
        if not isinstance(groups, list) or len(groups) > MAX_GROUPS:
            groups = []
        return Reader(
            reader_id(self._issuer, subject),
            str(claims.get(self._login_claim, "")),
            frozenset(group for group in groups if isinstance(group, str)),
            expires_at=float(claims["exp"]) + SKEW_SECONDS,
        )


def reader_id(issuer: str, subject: str) -> str:
    """16 hex digits, as `access shut-out` and `purge --user` take them."""
    return hashlib.blake2b(f"{issuer}\0{subject}".encode(), digest_size=8).hexdigest()
