"""Actions and resources of statements: which known actions a pattern matches, and how wide a resource is."""

import re
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

_EVERYTHING = re.compile(r"^\*(?:[/:]\*)*$")
_WHOLE_TYPE = re.compile(r"^[A-Za-z-]+[/:]\*(?:[/:]\*)*$")


def matching(actions: Iterable[str], known: Collection[str]) -> set[str]:
    """Those of `known` (lower case) that an action or a pattern of a statement matches."""
    found: set[str] = set()
    for pattern in map(str.lower, actions):
        if "*" in pattern or "?" in pattern:
            found.update(each for each in known if fnmatchcase(each, pattern))
        elif pattern in known:
            found.add(pattern)
    return found


def is_everything(resource: str) -> bool:
    """`*`, or all resources of a service: `arn:aws:s3:::*`."""
    if _EVERYTHING.match(resource):
        return True
    parts = resource.split(":", 5)
    return parts[0] == "arn" and (len(parts) < 6 or "*" in parts[2] or bool(_EVERYTHING.match(parts[5])))


def is_whole_type(resource: str) -> bool:
    """All resources of one type: `arn:aws:kms:eu-central-1:111122223333:key/*`."""
    parts = resource.split(":", 5)
    return parts[0] == "arn" and len(parts) == 6 and bool(_WHOLE_TYPE.match(parts[5]))


def is_wide(resource: str) -> bool:
    return is_everything(resource) or is_whole_type(resource)
