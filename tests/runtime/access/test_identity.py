"""Sign-in tokens: which are accepted, and every kind that is refused."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from codekeep_contracts.faults import AccessFault
from codekeep_contracts.settings.access import SigningKey
from codekeep_runtime.access.accounts import ServiceAccounts
from codekeep_runtime.access.files import FolderDocuments
from codekeep_runtime.access.identity import SKEW_SECONDS, Identity, reader_id
from codekeep_runtime.access.keys import FetchedKeys, PinnedKeys, usable_keys
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISSUER, AUDIENCE = "https://id.example", "keep"
RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
STRANGER = rsa.generate_private_key(65537, 2048)


def public(key: Any, kid: str) -> dict[str, Any]:
    algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid}


def pinned() -> PinnedKeys:
    names = ("kid", "kty", "n", "e", "x", "y")
    keys = (public(RSA, "rsa1"), public(EC, "ec-1"))
    return PinnedKeys(SigningKey(**{name: key[name] for name in names if name in key}) for key in keys)


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    made = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "u1",
        "iat": now,
        "nbf": now,
        "exp": now + 300,
        "groups": ["devs"],
        "preferred_username": "Ann",
    }
    made.update(changes)
    return {name: value for name, value in made.items() if value is not None}


def token(payload: dict[str, Any], key: Any = RSA, algorithm: str = "RS256", **headers: Any) -> str:
    return jwt.encode(payload, key, algorithm, headers={"kid": "rsa1", **headers})


def by_hand(header: dict[str, Any], payload: dict[str, Any], secret: bytes) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in (header, payload)]
    signature = hmac.new(secret, b".".join(parts), hashlib.sha256).digest() if secret else b""
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    return Identity(ISSUER, AUDIENCE, pinned(), ServiceAccounts(FolderDocuments(tmp_path)))


@pytest.mark.parametrize(
    "make",  # at the test, or it could expire before
    [
        lambda: token(claims()),
        lambda: token(claims(), EC, "ES256", kid="ec-1"),
        lambda: token(claims(aud=["x", AUDIENCE])),
    ],
    ids=["rsa", "elliptic", "several audiences"],
)
def test_a_valid_token_identifies_a_reader(identity: Identity, make: Callable[[], str]) -> None:
    reader = identity.reader(f"Bearer {make()}")
    assert reader.id == reader_id(ISSUER, "u1")
    assert reader.groups == {"devs"}
    assert reader.name == "Ann"
    assert reader.expires_at is not None
    assert not reader.is_service


def test_an_expired_token_is_accepted_within_the_clock_tolerance(identity: Identity) -> None:
    made = token(claims(exp=int(time.time()) - SKEW_SECONDS + 20))  # made here, or it could expire before
    assert identity.reader(f"Bearer {made}").id == reader_id(ISSUER, "u1")


RSA_PEM = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    "made",
    {
        "expired": token(claims(exp=int(time.time()) - SKEW_SECONDS - 5)),
        "not yet": token(claims(nbf=int(time.time()) + 3_600)),
        "without expiry": token(claims(exp=None)),
        "without subject": token(claims(sub=None)),
        "other issuer": token(claims(iss=ISSUER + "/")),
        "no issuer": token(claims(iss=None)),
        "other audience": token(claims(aud="other")),
        "no audience": token(claims(aud=None)),
        "other key": token(claims(), STRANGER),
        "unknown key id": token(claims(), kid="rsa2"),
        "no key id": jwt.encode(claims(), RSA, "RS256"),
        "key of another algorithm": token(claims(), EC, "ES256", kid="rsa1"),
        "another hash": token(claims(), RSA, "RS512"),
        "another padding": token(claims(), RSA, "PS256"),
        "none": by_hand({"alg": "none", "kid": "rsa1"}, claims(), b""),
        "None": by_hand({"alg": "None", "kid": "rsa1"}, claims(), b""),
        "public key as a secret": by_hand({"alg": "HS256", "kid": "rsa1"}, claims(), RSA_PEM),
        "its own key": token(claims(), STRANGER, jwk=public(STRANGER, "rsa1"), jku="https://evil.example/jwks"),
        "critical extension": token(claims(), crit=["x"], x=1),
        "nonsense": "a.b.c",
        "too long": "a" * 20_000,
        "no service account": "cks_" + "a" * 43,
    }.items(),
    ids=lambda each: each[0],
)
def test_every_invalid_token_gets_the_same_message(identity: Identity, made: tuple[str, str]) -> None:
    with pytest.raises(AccessFault) as refused:
        identity.reader(f"Bearer {made[1]}")
    assert str(refused.value) == "sign-in is needed"


@pytest.mark.parametrize("groups", ["devs", {"devs": 1}, None, ["x"] * 1001, [["devs"]]])
def test_groups_in_another_format_are_ignored(identity: Identity, groups: Any) -> None:
    assert "devs" not in identity.reader("Bearer " + token(claims(groups=groups))).groups


def test_rotated_keys_are_fetched_and_old_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document, asked, now = [public(RSA, "rsa1")], [0], [1000.0]

    def fetch() -> list[dict[str, Any]]:
        asked[0] += 1
        return document

    monkeypatch.setattr("codekeep_runtime.access.keys.time.monotonic", lambda: now[0])
    identity = Identity(ISSUER, AUDIENCE, FetchedKeys(fetch), ServiceAccounts(FolderDocuments(tmp_path)))
    old, new = "Bearer " + token(claims()), "Bearer " + token(claims(), STRANGER, kid="rsa2")
    assert identity.reader(old)
    document[:] = [public(STRANGER, "rsa2")]
    for _ in range(5):  # a guess does not make the issuer work
        with pytest.raises(AccessFault):
            identity.reader(new)
    assert asked[0] == 1
    now[0] += 31
    assert identity.reader(new)
    with pytest.raises(AccessFault):
        identity.reader(old)
    assert asked[0] == 2


def test_keys_that_cannot_be_fetched_for_too_long_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    now, document = [1000.0], [public(RSA, "rsa1")]

    def fetch() -> list[dict[str, Any]]:
        if now[0] > 1000:
            raise ConnectionError
        return document

    monkeypatch.setattr("codekeep_runtime.access.keys.time.monotonic", lambda: now[0])
    keys = FetchedKeys(fetch)
    keys.key("rsa1")
    now[0] += 400
    assert keys.key("rsa1")
    now[0] += 400
    with pytest.raises(AccessFault):
        keys.key("rsa1")


def test_weak_and_unknown_keys_are_ignored() -> None:
    weak = public(rsa.generate_private_key(65537, 1024), "weak")  # noqa: S505 - it is refused
    shared = {"kty": "oct", "k": "c2VjcmV0", "kid": "oct1"}
    ciphering = {**public(RSA, "enc1"), "use": "enc"}
    assert set(usable_keys([weak, shared, ciphering, {"kty": "RSA", "kid": "bad1"}, public(RSA, "rsa1")])) == {"rsa1"}
