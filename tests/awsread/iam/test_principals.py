"""Whom a policy means and what limits them. Each case names the page of AWS's IAM User Guide that decides it."""

from typing import Any

import pytest

from awsread.iam import Decision, Policies, Request, decide, may, parsed

HERE, ELSEWHERE = "111111111111", "222222222222"
USER, ROLE = f"arn:aws:iam::{HERE}:user/team/bob", f"arn:aws:iam::{HERE}:role/team/reader"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/reader/monday"
QUEUE = f"arn:aws:sqs:eu-central-1:{HERE}:q"
ROOT = f"arn:aws:iam::{HERE}:root"
LOGIC = "How AWS enforcement code logic evaluates requests to allow or deny access"
NOT_PRINCIPAL, PRINCIPAL = "AWS JSON policy elements: NotPrincipal", "AWS JSON policy elements: Principal"
ACROSS = "Cross-account policy evaluation logic"


def policy(effect: str = "Allow", **parts: Any) -> Any:
    return parsed({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": "*", "Resource": "*", **parts}]})


NOTHING = policy(Action="ec2:*")  # of a queue


def by(principal: str = ROLE, session: str = "monday", *, narrowed: bool = False) -> Request:
    session = session if principal == ROLE else ""
    policies = (NOTHING,) if narrowed else ()
    return Request(
        principal=principal, session=session, action="sqs:SendMessage", resource=QUEUE, session_policies=policies
    )


@pytest.mark.parametrize("limit", ["boundary", "session policy"])
@pytest.mark.parametrize(
    ("caller", "named", "is_limited", "page"),
    [
        (
            USER,
            USER,
            False,
            LOGIC,
        ),  # "not limited by an implicit deny in an identity-based policy or permissions boundary"
        (ROLE, ROLE, True, LOGIC),  # "are limited by an implicit deny in a permissions boundary or session policy"
        (ROLE, SESSION, False, LOGIC),  # "grant permissions directly to the assumed role session"
        (ROLE, "*", False, PRINCIPAL),  # "boundaries or session policies, do not limit ... a wildcard(*)"
        (ROLE, ROOT, True, LOGIC),  # delegates to policies that are limited
        (USER, HERE, True, LOGIC),
    ],
)
def test_limits_do_not_hold_back_what_a_resource_policy_gives_a_user_or_a_session(
    limit: str, caller: str, named: str, is_limited: bool, page: str
) -> None:
    given = Policies(
        identity={caller: [policy()]},
        resources={QUEUE: policy(Principal={"AWS": named})},
        boundaries={caller: NOTHING} if limit == "boundary" else {},
    )
    narrowed = limit == "session policy"
    if narrowed and caller == USER:
        is_limited = True  # LOGIC: a session policy makes it the session of a user who federated, whose own ARN this is
    assert may(given, by(caller, narrowed=narrowed)).allowed is not is_limited, page


@pytest.mark.parametrize("named", [SESSION, ROLE, "*"])
def test_across_accounts_limits_always_hold(named: str) -> None:
    """ACROSS: the caller's own account must allow it by all of its policies, whomever the resource's names."""
    theirs = QUEUE.replace(HERE, ELSEWHERE)
    open_ = Policies(identity={ROLE: [policy()]}, resources={theirs: policy(Principal={"AWS": named})})
    bound = Policies(identity=open_.identity, resources=open_.resources, boundaries={ROLE: NOTHING})
    request = Request(principal=ROLE, session="monday", action="sqs:SendMessage", resource=theirs)
    assert may(open_, request).allowed
    assert not may(bound, request).allowed


@pytest.mark.parametrize(
    ("caller", "listed", "is_spared"),
    [
        (by(USER), [USER, ROOT], True),
        (by(USER), [USER, HERE], True),
        (by(USER), [USER], False),  # "Otherwise, the policy might deny access to the entire account"
        (by(USER), [ROOT], False),  # reported of S3: an account's ARN here spares its root user alone
        (by(ROLE), [SESSION, ROLE, ROOT], True),  # the page's example of a role's session
        (by(ROLE), [ROLE, ROOT], False),  # Knowledge Center: "you must list the role session name of every user"
        (by(ROLE), [SESSION, ROOT], False),  # "might be to explicitly deny access to the role"
        (by(ROLE), [SESSION, ROLE], False),
        (by(ROLE, "tuesday"), [SESSION, ROLE, ROOT], False),
        (by(ROLE, ""), [SESSION, ROLE, ROOT], False),  # a session whose name is not known
        (by(ROOT), [ROOT], True),
        (by("sns.amazonaws.com"), [ROOT], False),
        (by(""), [ROOT], False),
    ],
)
def test_a_denial_of_all_but_some_spares_whom_it_lists_with_role_session_and_account(
    caller: Request, listed: list[str], is_spared: bool
) -> None:
    """NOT_PRINCIPAL, "Key points"."""
    denied = decide(policy("Deny", NotPrincipal={"AWS": listed}), caller) is Decision.DENY
    assert denied is not is_spared


@pytest.mark.parametrize(("caller", "listed"), [(USER, [USER, ROOT]), (ROLE, [SESSION, ROLE, ROOT]), (USER, ["*"])])
def test_a_denial_of_all_but_some_never_spares_a_caller_with_a_boundary(caller: str, listed: list[str]) -> None:
    """NOT_PRINCIPAL: "will always deny any IAM principal that has a permissions boundary policy attached"."""
    given = Policies(identity={caller: [policy()]}, resources={QUEUE: policy("Deny", NotPrincipal={"AWS": listed})})
    bound = Policies(identity=given.identity, resources=given.resources, boundaries={caller: policy()})
    assert may(given, by(caller)).allowed
    assert not may(bound, by(caller)).allowed


@pytest.mark.parametrize("listed", [ROLE, SESSION, ROOT, HERE])
def test_allowing_all_but_some_leaves_out_whoever_is_listed_in_any_way(listed: str) -> None:
    """NOT_PRINCIPAL: with Allow it is not supported, so that what it says of a caller is read in the narrowest way."""
    assert decide(policy(NotPrincipal={"AWS": listed}), by()) is Decision.NONE
    assert decide(policy(NotPrincipal={"AWS": ELSEWHERE}), by()) is Decision.ALLOW


@pytest.mark.parametrize(
    ("named", "caller", "expected"),
    [
        ("*", by(), Decision.ALLOW),
        ({"AWS": "*"}, by(""), Decision.ALLOW),  # "For anonymous users, the following elements are equivalent"
        ({"AWS": "*"}, by("sns.amazonaws.com"), Decision.ALLOW),
        ({"AWS": HERE}, by(), Decision.DELEGATED),  # "The account ARN and the shortened account ID behave the same way"
        ({"AWS": ROOT}, by(), Decision.DELEGATED),
        ({"AWS": ROOT}, by(ROOT), Decision.ALLOW),
        ({"AWS": f"arn:aws:iam::{HERE}:role/*"}, by(), Decision.NONE),  # "cannot use a wildcard to match part of"
        ({"AWS": SESSION.replace("monday", "*")}, by(), Decision.NONE),
        ({"AWS": ROLE.replace("team/", "")}, by(), Decision.NONE),  # another role: the path is part of the ARN
        ({"Service": "sns.amazonaws.com"}, by("sns.amazonaws.com"), Decision.ALLOW),
        ({"AWS": "sns.amazonaws.com"}, by("sns.amazonaws.com"), Decision.NONE),
        ({"Service": ROLE}, by(), Decision.NONE),
        ({"Federated": "accounts.google.com"}, by(), Decision.NONE),
        ({"CanonicalUser": "79a59df900b949e5"}, by(), Decision.NONE),  # perhaps the caller's account: not for an Allow
    ],
)
def test_principals(named: Any, caller: Request, expected: Decision) -> None:
    """PRINCIPAL."""
    assert decide(policy(Principal=named), caller) is expected


def test_a_denial_of_a_canonical_user_may_be_one_of_the_callers_account() -> None:
    assert decide(policy("Deny", Principal={"CanonicalUser": "79a59df900b949e5"}), by()) is Decision.DENY
    assert decide(policy("Deny", Principal={"CanonicalUser": "79a59df900b949e5"}), by("")) is Decision.NONE


@pytest.mark.parametrize("named", [{}, {"Principal": {"AWS": []}}])
def test_a_resource_policy_that_names_nobody_lets_nobody_in(named: dict[str, Any]) -> None:
    """PRINCIPAL: "You must use the Principal element in resource-based policies"."""
    assert not may(Policies(resources={QUEUE: policy(**named)}), by()).allowed


def test_the_root_user_needs_no_policy_and_is_denied_by_one() -> None:
    """LOGIC: "implicitly denied with the exception of the AWS account root user, which has full access"."""
    assert may(Policies(), by(ROOT)).allowed
    assert not may(Policies(resources={QUEUE: policy("Deny", Principal="*")}), by(ROOT)).allowed
    key = Request(principal=ROOT, action="kms:Decrypt", resource=f"arn:aws:kms:eu-central-1:{HERE}:key/k")
    assert not may(Policies(), key).allowed  # KMS Developer Guide, "Key policies": not without one


def test_trust_policies_decide_for_whoever_comes_from_outside() -> None:
    trust = policy(Action="sts:AssumeRoleWithWebIdentity", Principal={"Federated": "accounts.google.com"})
    given = Policies(trusts={ROLE: trust})
    asked = {"action": "sts:AssumeRoleWithWebIdentity", "resource": ROLE}
    assert may(given, Request(principal="accounts.google.com", **asked)).allowed
    assert not may(given, Request(principal="graph.facebook.com", **asked)).allowed


def test_a_session_is_told_by_its_role() -> None:
    """Global condition keys, aws:PrincipalArn: the role's ARN, with its path, which a session's ARN does not have."""
    own = policy(
        Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}, "StringEquals": {"aws:PrincipalType": "AssumedRole"}}
    )
    assert decide(own, by()) is Decision.ALLOW
    assert decide(policy(Condition={"StringEquals": {"aws:username": "bob"}}), by(USER)) is Decision.ALLOW
    assert decide(policy(Condition={"Null": {"aws:username": "true"}}), by(ROLE)) is Decision.ALLOW
