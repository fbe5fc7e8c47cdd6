"""Sign-in, teams and their repositories, and the upper bounds per reader."""

from typing import Annotated, Literal

from pydantic import Field

from codekeep_runtime.settings.base import Label, SettingsModel, TokenName

Grant = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9-]*:[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]*[A-Za-z0-9_-])*(/\*)?$",
        max_length=240,
    ),
]


class Team(SettingsModel):
    """Readers in `group` of the identity provider. A grant is `<git link>:<owner>/<name>` or `<git link>:<group>/*`."""

    name: Label
    group: TokenName
    repositories: Annotated[tuple[Grant, ...], Field(min_length=1, max_length=5000)]


KeyNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{4,1366}$", max_length=1366)]


class SigningKey(SettingsModel):
    """The public half of a key that signs tokens, as in a JWKS: `n` and `e` of RSA, `x` and `y` of EC (P-256)."""

    kid: TokenName
    kty: Literal["RSA", "EC"]
    n: KeyNumber | None = None
    e: KeyNumber | None = None
    x: KeyNumber | None = None
    y: KeyNumber | None = None


class Oidc(SettingsModel):
    """Sign-in. Token keys are fetched from the issuer by a private link, or pinned as `keys`."""

    issuer: Annotated[
        str,
        Field(
            pattern=r"^https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$",
            max_length=255,
        ),
    ]
    audience: TokenName
    groups_claim: TokenName = "groups"
    jwks: Literal["fetch", "pinned"] = "pinned"
    keys: Annotated[tuple[SigningKey, ...], Field(max_length=10)] = ()


class AccessSettings(SettingsModel):
    """Whoever is in no team sees nothing; where Git hosts confirm, neither does whom they do not let read."""

    oidc: Oidc
    teams: Annotated[tuple[Team, ...], Field(min_length=1, max_length=500)]
    confirmed_by_git_hosts: bool


class Caps(SettingsModel):
    """Upper bounds the runtime enforces."""

    seats: Annotated[int, Field(ge=1, le=20000)]
    requests_per_minute_per_user: Annotated[int, Field(ge=1, le=600)] = 60
    tokens_per_day_per_user: Annotated[int, Field(ge=1000, le=50_000_000)] = 2_000_000
    repositories: Annotated[int, Field(ge=1, le=20000)] = 1000
    repository_gib: Annotated[int, Field(ge=1, le=200)] = 20
    concurrent_ingest_jobs: Annotated[int, Field(ge=1, le=200)] = 8
    gpu_nodes: Annotated[int, Field(ge=1, le=400)]
