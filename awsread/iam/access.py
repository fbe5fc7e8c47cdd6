"""Whether AWS would let a principal do something: all policies that have a say, put together.

IAM User Guide, "Policy evaluation logic" and "How AWS enforcement code logic evaluates requests to allow or deny
access"; KMS Developer Guide, "Key policies in AWS KMS" and "Grants in AWS KMS".

Not modelled: an organization's policies (SCPs and RCPs, which limit no service-linked role), access control lists, S3's
block of public access, federated users and web identities, and whose a canonical user's id is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from awsread.iam.patterns import glob
from awsread.iam.policy import Decision, verdicts
from awsread.iam.request import Request
from awsread.iam.statement import Policy

RESOURCE_ACCOUNT: Final = "aws:ResourceAccount"
ASSUME: Final = (
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:tagsession",
    "sts:setsourceidentity",
)
_NESTED = re.compile(r"^(arn:[^:]*:s3:::[^/]+|arn:[^:]*:es:[^:]*:[^:]*:domain/[^/]+)/.*$")


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A KMS grant; `context` is the encryption context that a call must have."""

    grantee: str
    operations: tuple[str, ...]
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Policies:
    """Every policy of one or more accounts, by the ARN that it belongs to; endpoints by id.

    `owners` says which account a resource is in whose ARN does not, such as a bucket; where neither it nor the
    request's aws:ResourceAccount does, nothing is allowed that depends on the owner. `regional` are resource policies
    that belong to a region's service (CloudWatch Logs) and not to one resource.
    """

    identity: Mapping[str, Sequence[Policy]] = field(default_factory=dict)
    boundaries: Mapping[str, Policy] = field(default_factory=dict)
    trusts: Mapping[str, Policy] = field(default_factory=dict)
    resources: Mapping[str, Policy] = field(default_factory=dict)
    regional: Mapping[str, Sequence[Policy]] = field(default_factory=dict)
    grants: Mapping[str, Sequence[Grant]] = field(default_factory=dict)
    endpoints: Mapping[str, Policy] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`because` is a denying statement, or what is missing, or what allows."""

    allowed: bool
    because: str


OUTSIDE: Final = Answer(allowed=False, because="outside of the permissions boundary or the session's policy")


def may(policies: Policies, request: Request) -> Answer:
    """Whether the call is allowed, and why."""
    sides = _Sides(policies, _completed(policies, request))
    if denial := sides.denial():
        return Answer(allowed=False, because=f"denied by {denial}")
    if not sides.passes_endpoint():
        return Answer(allowed=False, because="the policy of the VPC endpoint does not allow it")
    if sides.has_grant():
        return Answer(allowed=True, because="a grant on the key")
    return sides.answer()


def _completed(policies: Policies, request: Request) -> Request:
    """The request with what AWS itself knows: whose the resource is, and whether the caller has a boundary."""
    owner = owner_of(policies, request)
    return replace(
        request,
        context={**request.context, RESOURCE_ACCOUNT: owner} if owner else request.context,
        unknown=request.unknown | (frozenset() if owner else {RESOURCE_ACCOUNT.lower()}),
        is_bounded=request.is_bounded or request.principal in policies.boundaries,
    )


class _Sides:
    """The caller's side and the resource's, of one request."""

    def __init__(self, policies: Policies, request: Request) -> None:
        self._request = request
        self._owner = owner_of(policies, request)
        on_key = request.action.lower().startswith("kms:") and ":key/" in request.resource
        self._needs_policy = on_key or request.action.lower() in ASSUME
        self._identity = tuple(policies.identity.get(request.principal, ()))
        boundary = policies.boundaries.get(request.principal)
        self._limits = (*(() if boundary is None else (boundary,)), *request.session_policies)
        self._said = tuple(
            each
            for policy in _resource_policies(policies, request)
            for each in verdicts(policy, request, is_embedded=True)
        )
        endpoint = request.value("aws:SourceVpce")
        self._endpoint = policies.endpoints.get(endpoint) if isinstance(endpoint, str) else None
        self._grants = policies.grants.get(request.resource, ())

    def denial(self) -> str:
        """The statement that denies explicitly, wherever it is."""
        endpoint = () if self._endpoint is None else (self._endpoint,)
        asked = (
            each for policy in (*self._identity, *self._limits, *endpoint) for each in verdicts(policy, self._request)
        )
        for verdict, statement in (*self._said, *asked):
            if verdict is Decision.DENY:
                return f"{statement.sid or statement.path}"
        return ""

    def passes_endpoint(self) -> bool:
        return self._endpoint is None or _allows(self._endpoint, self._request)

    def has_grant(self) -> bool:
        return any(_is_granted(each, self._request) for each in self._grants)

    def answer(self) -> Answer:
        request = self._request
        if not request.account:
            return _answer(self._says(Decision.ALLOW), "the resource's policy")
        if self._owner == request.account or not (self._owner or ":s3:" in request.resource):
            return self._within_account()
        return self._across_accounts()

    def _within_account(self) -> Answer:
        if self._is_named_directly():
            return _answer(True, "the resource's policy, which names the caller")
        if not self._is_within_limits():
            return OUTSIDE
        if self._says(Decision.ALLOW):
            return _answer(True, "the resource's policy, which names the caller's role")
        if self._needs_policy and not self._says(Decision.DELEGATED):
            return _answer(False, "the resource's policy, without which identity policies have no say")
        return _answer(self._is_allowed_itself(), "an identity policy")

    def _across_accounts(self) -> Answer:
        """Both accounts must allow it. A bucket is foreign where nobody told whose it is."""
        if not self._is_within_limits():
            return OUTSIDE
        both = self._is_allowed_itself() and self._says(Decision.ALLOW, Decision.DELEGATED)
        whose = "the foreign resource" if self._owner else "a bucket whose owner is not known (Policies.owners)"
        return _answer(both, f"both an identity policy and the policy of {whose}")

    def _is_allowed_itself(self) -> bool:
        return self._request.is_root or any(_allows(each, self._request) for each in self._identity)

    def _is_within_limits(self) -> bool:
        return all(_allows(each, self._request) for each in self._limits)

    def _says(self, *wanted: Decision) -> bool:
        return any(verdict in wanted for verdict, _ in self._said)

    def _is_named_directly(self) -> bool:
        """Whether a resource policy of the caller's account grants to the user or the session itself, which neither a
        boundary nor a session policy limits; a role's ARN, or that of the user of a session, does not (IAM User Guide,
        "How AWS enforcement code logic evaluates requests", Resource-based policies).
        """
        request = self._request
        direct = {"*", request.principal if request.is_user and not request.session_policies else request.session_arn}
        return any(
            verdict is Decision.ALLOW
            and any(each.kind == "AWS" and each.value in direct for each in statement.principals)
            for verdict, statement in self._said
        )


def owner_of(policies: Policies, request: Request) -> str:
    """The account that a resource belongs to, "" where nobody knows: `owners` and its ARN know better than the request.

    What is no resource of its own ("*") is the caller's.
    """
    if request.resource == "*":
        known = request.account
    else:
        fields = request.resource.split(":", 5)
        account = fields[4] if len(fields) > 4 else ""
        known = policies.owners.get(_holder(request.resource), "") or ("" if account == "aws" else account)
    said = request.keys.get(RESOURCE_ACCOUNT.lower(), "")
    return known or (said if isinstance(said, str) else "")


def _holder(resource: str) -> str:
    """The resource that has the policy: the bucket of an object, the domain of an index."""
    match = _NESTED.match(resource)
    return match[1] if match else resource


def _resource_policies(policies: Policies, request: Request) -> tuple[Policy, ...]:
    if request.action.lower() in ASSUME:
        found = policies.trusts.get(request.resource)
    else:
        found = policies.resources.get(_holder(request.resource))
    fields = request.resource.split(":", 5)
    regional = policies.regional.get(":".join(fields[2:4]), ()) if len(fields) > 3 else ()
    return (*(() if found is None else (found,)), *regional)


def _allows(policy: Policy, request: Request) -> bool:
    said = {verdict for verdict, _ in verdicts(policy, request)}
    return bool(said & {Decision.ALLOW, Decision.DELEGATED}) and Decision.DENY not in said


def _is_granted(grant: Grant, request: Request) -> bool:
    operation = request.action.partition(":")[2]
    context = all(request.value(f"kms:EncryptionContext:{key}") == value for key, value in grant.context.items())
    who = grant.grantee in (request.principal, request.session_arn)
    return who and context and any(glob(each, operation) for each in grant.operations)


def _answer(allowed: bool, by: str) -> Answer:
    return Answer(allowed=allowed, because=f"allowed by {by}" if allowed else f"not allowed by {by}")
