"""What one policy says of a request, by itself."""

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any

from awsread.iam.conditions import all_hold
from awsread.iam.patterns import Lookup, UnknownValueError, glob, resource_like
from awsread.iam.request import Request
from awsread.iam.statement import Policy, Principal, Statement, statements_of


class Decision(Enum):
    """DELEGATED: the policy names the caller's account, so that the caller's own policies decide."""

    DENY = "deny"
    ALLOW = "allow"
    DELEGATED = "delegated"
    NONE = "none"


def decide(policy: Mapping[str, Any] | str | Policy, request: Request) -> Decision:
    """What a policy, of whatever kind, says: the explicit denial wins, then what names the caller itself."""
    found = [effect for effect, _ in verdicts(parsed(policy), request)]
    return next((each for each in Decision if each in found), Decision.NONE)


def verdicts(policy: Policy, request: Request, *, is_embedded: bool = False) -> Iterator[tuple[Decision, Statement]]:
    """Each statement that applies, and what it says.

    In a policy that is embedded in a resource, a statement that names nobody means nobody. Where it depends on what
    nobody knows whether a statement applies, it does if it denies.
    """
    for statement in policy:
        if is_embedded and not (statement.principals or statement.not_principals):
            continue
        how = named(statement, request)
        if how is not Decision.NONE and _applies(statement, request):
            yield (how if statement.allows else Decision.DENY), statement


def parsed(policy: Mapping[str, Any] | str | Policy) -> Policy:
    """The statements of a policy in any form."""
    if isinstance(policy, tuple):
        return policy
    return _of_text(policy) if isinstance(policy, str) else statements_of(policy)


@lru_cache(maxsize=4096)
def _of_text(text: str) -> Policy:
    return statements_of(json.loads(text))


def named(statement: Statement, request: Request) -> Decision:
    """How a statement means the caller: ALLOW by itself, DELEGATED by its account. Identity policies mean everybody."""
    if statement.not_principals:
        return Decision.NONE if _is_spared(statement, request) else Decision.ALLOW
    if not statement.principals:
        return Decision.ALLOW
    found = [_named(each, statement, request) for each in statement.principals]
    return next((each for each in (Decision.ALLOW, Decision.DELEGATED) if each in found), Decision.NONE)


def _named(principal: Principal, statement: Statement, request: Request) -> Decision:
    value = principal.value
    if principal.is_anyone:
        return Decision.ALLOW
    if principal.kind == "CanonicalUser":  # another name of an account: nobody knows of which
        return Decision.NONE if statement.allows or not request.account else Decision.ALLOW
    if principal.kind != "AWS":
        is_one = request.is_service or principal.kind == "Federated"
        return Decision.ALLOW if is_one and value == request.principal else Decision.NONE
    if value and value in request.identities:
        return Decision.ALLOW
    return Decision.DELEGATED if value in request.names_of_account else Decision.NONE


def _is_spared(statement: Statement, request: Request) -> bool:
    """Whether NotPrincipal lists the caller.

    A denial spares a caller of whom it lists everything: the account, the user or the role, and the role's session. It
    never spares one with a permissions boundary (IAM User Guide, "AWS JSON policy elements: NotPrincipal"; AWS re:Post
    Knowledge Center, "explicit deny ... S3 bucket": "you must list the role session name of every user").
    """
    listed = [_named(each, statement, request) for each in statement.not_principals]
    if statement.allows or not request.account:
        return any(each is not Decision.NONE for each in listed)
    values = {each.value for each in statement.not_principals if each.kind == "AWS"}
    whole = request.identities <= values and not values.isdisjoint(request.names_of_account)
    return (whole or "*" in values) and not request.is_bounded


def _applies(statement: Statement, request: Request) -> bool:
    try:
        return (
            _about(request.action.lower(), statement.actions, statement.not_actions)
            and _on(statement, request)
            and all_hold(statement.conditions, request.value, _variables(statement, request))
        )
    except UnknownValueError:
        return not statement.allows


def _variables(statement: Statement, request: Request) -> Lookup | None:
    return request.value if statement.has_variables else None


def _about(action: str, actions: tuple[str, ...], not_actions: tuple[str, ...]) -> bool:
    if not_actions:
        return not any(glob(each.lower(), action) for each in not_actions)
    return any(glob(each.lower(), action) for each in actions)


def _on(statement: Statement, request: Request) -> bool:
    """A statement without resources is one of a resource policy, and means its resource.

    Raises:
        UnknownValueError: a variable of `NotResource` has no value. AWS says both that such an element matches nothing
            and that it makes the statement invalid ("IAM policy elements: Variables and tags").
    """
    variables = _variables(statement, request)
    if statement.not_resources:
        found = [resource_like(each, request.resource, variables) for each in statement.not_resources]
        if None in found and True not in found:
            raise UnknownValueError(f"a variable of {statement.path}.NotResource has no value")
        return True not in found
    return not statement.resources or any(
        resource_like(each, request.resource, variables) for each in statement.resources
    )
