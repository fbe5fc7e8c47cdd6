"""Sign-in, teams and their repositories, and the upper bounds per reader."""

from typing import Annotated, Literal

from pydantic import Field

from codekeep_contracts.model import StrictModel, text_field
from codekeep_contracts.text_types import Label, TokenName

Issuer = Annotated[
    str,
    text_field(
        r"^https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$",
        "an https URL of a host name, without query, fragment or trailing slash",
        "copy the `issuer` of the provider's discovery document",
        max_length=255,
    ),
]
RepositoryGrant = Annotated[
    str,
    text_field(
        r"^[a-z][a-z0-9-]*:[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]*[A-Za-z0-9_-])*(/\*)?$",
        "<git link>:<owner>/<name>, or <git link>:<group>/* for a whole group of the link",
        "name the link and the repository, such as ghe:payments/ledger",
        max_length=240,
    ),
]
KeyNumber = Annotated[
    str,
    text_field(
        r"^[A-Za-z0-9_-]{4,1366}$",
        "a number in base64url without padding, as in the issuer's JWKS",
        "copy it from the issuer's JWKS document",
        max_length=1366,
    ),
]


class Team(StrictModel):
    """Readers, as the identity provider groups them, and the repositories they may see; everything else is denied."""

    name: Label
    group: TokenName
    repositories: Annotated[tuple[RepositoryGrant, ...], Field(min_length=1, max_length=5000)]


class SigningKey(StrictModel):
    """The public half of a key that signs tokens, as in a JWKS: `n` and `e` of RSA, `x` and `y` of EC (P-256)."""

    kid: TokenName
    kty: Literal["RSA", "EC"]
    n: KeyNumber | None = None
    e: KeyNumber | None = None
    x: KeyNumber | None = None
    y: KeyNumber | None = None


class Oidc(StrictModel):
    """Sign-in. `jwks` says where token keys come from: the issuer, by a private link, or pinned as `keys`."""

    issuer: Issuer
    audience: TokenName
    groups_claim: TokenName = "groups"
    jwks: Literal["fetch", "pinned"] = "pinned"
    keys: Annotated[tuple[SigningKey, ...], Field(max_length=10)] = ()
    """Where `jwks` is pinned; two or more while the issuer changes from one to the next."""


class AccessSettings(StrictModel):
    """Teams and sign-in. Whoever is in no team sees nothing."""

    oidc: Oidc
    teams: Annotated[tuple[Team, ...], Field(min_length=1, max_length=500)]
    confirmed_by_git_hosts: bool = False
    """A team's grant counts only where the Git host, asked every quarter of an hour, lets the reader read the
    repository. Readers' names in their tokens must be their logins or e-mail addresses there."""


class Caps(StrictModel):
    """Upper bounds the runtime and the cluster enforce."""

    seats: Annotated[int, Field(ge=1, le=20000)]
    requests_per_minute_per_user: Annotated[int, Field(ge=1, le=600)] = 60
    tokens_per_day_per_user: Annotated[int, Field(ge=1000, le=50_000_000)] = 2_000_000
    repositories: Annotated[int, Field(ge=1, le=20000)] = 1000
    repository_gib: Annotated[int, Field(ge=1, le=200)] = 20
    concurrent_ingest_jobs: Annotated[int, Field(ge=1, le=200)] = 8
    gpu_nodes: Annotated[int, Field(ge=1, le=400)]
    """GPU nodes of all pools together."""
