"""Whether a resource policy refuses what comes without TLS."""

import re
from collections.abc import Set as AbstractSet

from policies.documents import Statement
from policies.graph.references import reference_of

_BUCKET_ARN = re.compile(r"arn:aws[a-z-]*:s3:::[^/*?]+")


def refuses_plain(statement: Statement, actions: AbstractSet[str]) -> bool:
    """A Deny of one of the actions (lower case) to everybody where aws:SecureTransport is false."""
    return (
        not statement.allows
        and any(principal.is_anyone for principal in statement.principals)
        and not actions.isdisjoint(action.lower() for action in statement.actions)
        and len(statement.conditions) == 1  # another one would let something through
        and all(len(keys) == 1 for keys in statement.conditions.values())
        and statement.condition_values("aws:SecureTransport", "Bool") == ("false",)
    )


def covers_bucket(resources: tuple[str, ...]) -> bool:
    """Whether a bucket and all its objects are among the resources."""
    if "*" in resources:
        return True
    whole = [each for each in resources if _is_bucket(each.removesuffix("/*"))]
    return any(each.endswith("/*") for each in whole) and any(not each.endswith("/*") for each in whole)


def _is_bucket(text: str) -> bool:
    return reference_of(text) is not None or bool(_BUCKET_ARN.fullmatch(text))
