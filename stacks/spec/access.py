"""Who may use a keep and how much: teams, sign-in, entry, caps, budget, objectives."""

from typing import Annotated, Literal

from pydantic import Field

from stacks.spec.base import EmailAddress, Label, OperatorArn, PrincipalArn, SpecModel, text

Issuer = Annotated[
    str,
    text(
        r"^https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$",
        "an https URL of a host name, without query, fragment or trailing slash",
        "copy the `issuer` of the provider's discovery document",
        longest=255,
    ),
]
RepositoryGrant = Annotated[
    str,
    text(
        r"^[a-z][a-z0-9-]*:[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]*[A-Za-z0-9_-])*(/\*)?$",
        "<git link>:<owner>/<name>, or <git link>:<group>/* for a whole group of the link",
        "name the link and the repository, such as ghe:payments/ledger",
        longest=240,
    ),
]
TokenName = Annotated[
    str,
    text(
        r"^[A-Za-z0-9_.:/-]{1,128}$",
        "1 to 128 letters, digits or _ . : / -",
        "copy it from the identity provider's application",
        longest=128,
    ),
]


class Team(SpecModel):
    """Readers, as the identity provider groups them, and the repositories they may see; everything else is denied."""

    name: Label
    group: TokenName
    repositories: Annotated[tuple[RepositoryGrant, ...], Field(min_length=1, max_length=5000)]


KeyNumber = Annotated[
    str,
    text(
        r"^[A-Za-z0-9_-]{4,1366}$",
        "a number in base64url without padding, as in the issuer's JWKS",
        "copy it from the issuer's JWKS document",
        longest=1366,
    ),
]


class SigningKey(SpecModel):
    """The public half of a key that signs tokens, as in a JWKS: `n` and `e` of RSA, `x` and `y` of EC (P-256)."""

    kid: TokenName
    kty: Literal["RSA", "EC"]
    n: KeyNumber | None = None
    e: KeyNumber | None = None
    x: KeyNumber | None = None
    y: KeyNumber | None = None


class Oidc(SpecModel):
    """Sign-in. `jwks` says where token keys come from: the issuer, by a private link, or pinned as `keys`."""

    issuer: Issuer
    audience: TokenName
    groups_claim: TokenName = "groups"
    jwks: Literal["fetch", "pinned"] = "pinned"
    keys: Annotated[tuple[SigningKey, ...], Field(max_length=10)] = ()
    """Where `jwks` is pinned; two or more while the issuer changes from one to the next."""


class ClusterAccess(SpecModel):
    """One role or user that may look into the cluster besides the deployer; narrowed to `namespaces` where given."""

    name: Label
    principal: OperatorArn
    level: Literal["view", "edit", "admin", "cluster-admin"] = "view"
    namespaces: Annotated[tuple[Label, ...], Field(max_length=20)] = ()


class Access(SpecModel):
    """Teams, sign-in and the principals that may connect to the keep's endpoint service."""

    oidc: Oidc
    teams: Annotated[tuple[Team, ...], Field(min_length=1, max_length=500)]
    entry_principals: Annotated[tuple[PrincipalArn, ...], Field(min_length=1, max_length=20)]
    confirmed_by_git_hosts: bool = False
    """A team's grant counts only where the Git host, asked every quarter of an hour, lets the reader read the
    repository. Readers' names in their tokens must be their logins or e-mail addresses there."""


AlertPercent = Annotated[int, Field(ge=10, le=200, description="percent of the budget")]


class Caps(SpecModel):
    """Upper bounds the runtime and the cluster enforce."""

    seats: Annotated[int, Field(ge=1, le=20000)]
    requests_per_minute_per_user: Annotated[int, Field(ge=1, le=600)] = 60
    tokens_per_day_per_user: Annotated[int, Field(ge=1000, le=50_000_000)] = 2_000_000
    repositories: Annotated[int, Field(ge=1, le=20000)] = 1000
    repository_gib: Annotated[int, Field(ge=1, le=200)] = 20
    concurrent_ingest_jobs: Annotated[int, Field(ge=1, le=200)] = 8
    gpu_nodes: Annotated[int, Field(ge=1, le=400)]
    """GPU nodes of all pools together."""


class Budget(SpecModel):
    """Monthly AWS cost of the keep in US dollars, and whom to tell."""

    monthly_usd: Annotated[int, Field(ge=100, le=5_000_000)]
    alert_percents: Annotated[tuple[AlertPercent, ...], Field(min_length=1, max_length=5)] = (50, 80, 100)
    notify: Annotated[tuple[EmailAddress, ...], Field(min_length=1, max_length=10)]


class Slo(SpecModel):
    """Objectives the alarms watch; latencies are 95th percentiles."""

    availability_percent: Annotated[float, Field(ge=99.0, le=99.99)] = 99.5
    chat_first_token_ms: Annotated[int, Field(ge=100, le=10_000)] = 1500
    autocomplete_ms: Annotated[int, Field(ge=50, le=2000)] = 300
    retrieval_ms: Annotated[int, Field(ge=20, le=5000)] = 250
    index_freshness_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    ingest_success_percent: Annotated[float, Field(ge=90.0, le=100.0)] = 99.0
