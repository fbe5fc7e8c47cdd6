"""Resource policies that deny requests without TLS."""

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet

from policies.documents import Statement, UndecidableError, statements
from policies.graph import Node
from policies.graph.references import reference_of
from policies.rule import Finding, Rule

_BUCKET_ARN = re.compile(r"arn:aws[a-z-]*:s3:::[^/*?]+")


def denies_plain_http(statement: Statement, actions: AbstractSet[str]) -> bool:
    """Whether it denies one of the actions (lower case) to everybody where aws:SecureTransport is false."""
    return (
        not statement.allows
        and any(principal.is_anyone for principal in statement.principals)
        and not actions.isdisjoint(action.lower() for action in statement.actions)
        and len(statement.conditions) == 1  # a second condition would exempt some requests
        and all(len(keys) == 1 for keys in statement.conditions.values())
        and statement.condition_values("aws:SecureTransport", "Bool") == ("false",)
    )


def denied(
    rule: Rule, node: Node, holders: Iterable[Node], denies: Callable[[Statement], bool], message: str
) -> Iterator[Finding]:
    """A statement of one holder's resource policy must deny; undecided where a policy that might is not known."""
    unknown: list[Finding] = []
    for holder in holders:
        try:
            if any(map(denies, statements(holder))):
                return
        except UndecidableError as fault:
            unknown.append(rule.undecided(holder, fault.path))
    yield from unknown or [rule.violation(node, "policy", message)]


def covers_bucket(resources: tuple[str, ...]) -> bool:
    """Whether a bucket and all its objects are among the resources."""
    if "*" in resources:
        return True
    bucket_arns = [each for each in resources if _is_bucket(each.removesuffix("/*"))]
    return any(each.endswith("/*") for each in bucket_arns) and any(not each.endswith("/*") for each in bucket_arns)


def _is_bucket(text: str) -> bool:
    return reference_of(text) is not None or bool(_BUCKET_ARN.fullmatch(text))
