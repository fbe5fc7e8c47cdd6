"""Who an access key belongs to, and the policies of the account that it calls, from moto's state."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from awsread.iam import Policies, Policy, parsed
from sandbox.account.guard.state import accounts, stored
from sandbox.aws.api import DUMMY

OWNER_ACCOUNT: Final = "123456789012"
POD_SERVICES: Final = ("pods.eks.amazonaws.com", "ec2.amazonaws.com")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """`role` is None for the sandbox's owner, who may do everything. `secret` is None where any signature counts."""

    account: str
    role: Any | None = None
    session: str = ""
    secret: str | None = None
    session_policy: str = ""


def caller_of(key: str) -> Caller:
    """The session that the account issued the key for; every other key is its owner's, whatever it is called."""
    for backend in _existing(sts_backends):
        found = backend.get_assumed_role_from_access_key(key)
        if found is not None:
            return Caller(
                account=found.account_id,
                role=_role(found.account_id, found.partition, found.role_arn),
                session=found.session_name,
                secret=found.secret_access_key,
                session_policy=found.policy or "",
            )
    return Caller(account=OWNER_ACCOUNT, secret=DUMMY.secret_key if key == DUMMY.access_key else None)


def role_of(arn: str) -> Any | None:
    """A role of any account of the sandbox; None where nobody made it."""
    fields = arn.split(":")
    return _role(fields[4], fields[1], arn)


def role_arns(account: str) -> list[str]:
    """The roles that an account has."""
    backends = dict(iam_backends.items()).get(account, {})
    return [str(role.arn) for backend in list(backends.values()) for role in list(backend.roles.values())]


def policies(role: Any) -> Policies:
    """What the account's policies say of a role."""
    arn, own = str(role.arn), [*role.policies.values(), *map(_current, role.managed_policies.values())]
    boundaries = {}
    if role.permissions_boundary_arn:
        backend = iam_backends[role.account_id][role.partition]
        boundaries[arn] = parsed(_text(_current(backend.managed_policies[role.permissions_boundary_arn])))
    return Policies(
        identity={arn: [parsed(_text(each)) for each in own]},
        boundaries=boundaries,
        trusts={arn: parsed(_text(role.assume_role_policy_document))},
        resources=dict(_resources(role.account_id, role.partition)),
        owners={f"arn:{role.partition}:s3:::{name}": role.account_id for name in _buckets(role)},
    )


def is_inside(role: Any) -> bool:
    """Whether pods or nodes use a role: their calls come through the keep's endpoints."""
    return any(service in str(role.assume_role_policy_document) for service in POD_SERVICES)


def _role(account: str, partition: str, arn: str) -> Any | None:
    backends = dict(iam_backends.items()).get(account)
    if backends is None:
        return None
    return next((each for each in backends[partition].roles.values() if each.arn == arn), None)


def _existing(backends: Any) -> Iterator[Any]:
    """The backends that exist already: asking for one makes it."""
    for regions in list(backends.values()):
        yield from list(regions.values())


def _resources(account: str, partition: str) -> Iterator[tuple[str, Policy]]:
    """Policies of buckets, keys and queues."""
    yield from _of_buckets(account, partition)
    for key in stored("kms", account, "keys"):
        yield str(key.arn), parsed(_text(key.policy))
    for queue in stored("sqs", account, "queues"):
        if queue.policy:
            yield str(queue.queue_arn), parsed(_text(queue.policy))


def bucket_policies() -> Iterator[tuple[str, Policy]]:
    """Policies of every account's buckets."""
    for account in accounts("s3"):
        yield from _of_buckets(account, "aws")


def _of_buckets(account: str, partition: str) -> Iterator[tuple[str, Policy]]:
    for bucket in stored("s3", account, "buckets"):
        if bucket.policy:
            yield f"arn:{partition}:s3:::{bucket.name}", parsed(_text(bucket.policy))


def _buckets(role: Any) -> list[str]:
    return [bucket.name for bucket in stored("s3", role.account_id, "buckets")]


def _current(policy: Any) -> Any:
    """The document of a managed policy's default version."""
    return next(each.document for each in policy.versions if each.version_id == policy.default_version_id)


def _text(document: Any) -> str:
    text = document.decode() if isinstance(document, bytes) else document
    return text if isinstance(text, str) else json.dumps(text)
