"""Whoever administers a key must not use it: one role could decrypt everything and say who else may."""

from collections.abc import Iterator

from policies.accounts import own_accounts
from policies.documents import Kind, Principal, Statement, documents, types_with
from policies.graph import Node
from policies.graph.references import reference_of
from policies.rule import Case, Finding, Requirement, Scope, Severity, identity_rule
from policies.rules.identity._actions import matching

KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
ADMINISTER = frozenset(
    {
        "kms:createalias",
        "kms:deletealias",
        "kms:deleteimportedkeymaterial",
        "kms:disablekey",
        "kms:disablekeyrotation",
        "kms:enablekey",
        "kms:importkeymaterial",
        "kms:putkeypolicy",
        "kms:replicatekey",
        "kms:schedulekeydeletion",
        "kms:updatealias",
        "kms:updateprimaryregion",
    }
)
USE = frozenset(
    {
        "kms:decrypt",
        "kms:derivesharedsecret",
        "kms:encrypt",
        "kms:generatedatakey",
        "kms:generatedatakeypair",
        "kms:generatedatakeypairwithoutplaintext",
        "kms:generatedatakeywithoutplaintext",
        "kms:generatemac",
        "kms:reencryptfrom",
        "kms:reencryptto",
        "kms:sign",
    }
)
GRANT = frozenset({"kms:creategrant"})  # as good as use, unless grants go through services of AWS or are for them


RULE = identity_rule(
    id="key-administration",
    title="Only the account and its deployer administer keys, and they cannot use them",
    severity=Severity.HIGH,
    applies_to=types_with(Kind.KEY),
    requirement=Requirement.ACCESS_CONTROL,
    why="Whoever has kms:* reads all that the key protects, and can pass that on or destroy it.",
    remedy="write the policy as components.keys.key_policy does: administration, use via services, grants to services",
    frameworks={"SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.3", "A.8.2", "A.8.24")},
    scope=Scope.STACK,  # a key's policy may be a resource of its own
)


@RULE.check
def administered_apart(node: Node, case: Case) -> Iterator[Finding]:
    found = list(documents(node, Kind.KEY))
    if not found and not case.graph.referrers(node, "keyId", KEY_POLICY):
        yield RULE.violation(node, "policy", "not set: AWS's default lets IAM grant administration and use alike")
    for document in found:
        if document.statements is None:
            yield RULE.undecided(node, document.path)
        else:
            yield from _document(node, document.path, document.statements, case)


def _document(node: Node, path: str, statements: tuple[Statement, ...], case: Case) -> Iterator[Finding]:
    administrators: set[str] = set()
    for statement in statements:
        if statement.allows and (administers := matching(statement.actions, ADMINISTER)):
            administrators.update(principal.value for principal in statement.principals)
            yield from _administrators(node, statement, administers, case)
    if not administrators:
        yield RULE.violation(node, path, "names no administrator: nobody could change or delete the key")
    for statement in statements:
        if statement.allows and _uses_freely(statement):
            both = sorted({principal.value for principal in statement.principals} & administrators)
            if both:
                yield RULE.violation(
                    node, f"{statement.path}.Action", f"lets {', '.join(both)} use the key, and administer it too"
                )


def _administrators(node: Node, statement: Statement, actions: set[str], case: Case) -> Iterator[Finding]:
    strangers = [each.value for each in statement.principals if not _may_administer(node, each, case)]
    if strangers:
        yield RULE.violation(
            node, f"{statement.path}.Principal", f"lets {', '.join(strangers)} administer ({min(actions)}, ...)"
        )


def _may_administer(node: Node, principal: Principal, case: Case) -> bool:
    if principal.kind != "AWS" or principal.is_anyone:
        return False
    if principal.value == case.facts.deployer_role_arn:
        return True
    own = own_accounts(node, case)
    if principal.value in own or any(principal.value.endswith(f":iam::{account}:root") for account in own):
        return True
    # Where the spec names no deployer, one role or the account may be it.
    return not case.facts.deployer_role_arn and (
        reference_of(principal.value) is not None or ":role/" in principal.value or principal.value.endswith(":root")
    )


def _uses_freely(statement: Statement) -> bool:
    """Use that no condition binds to a service; grants count where they may be for anybody."""
    if statement.bound_values("kms:ViaService"):
        return False
    if matching(statement.actions, USE):
        return True
    for_services = "true" in statement.bound_values("kms:GrantIsForAWSResource")
    return bool(matching(statement.actions, GRANT)) and not for_services
