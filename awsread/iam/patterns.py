"""Patterns of policies: `*`, `?` and policy variables such as `${aws:PrincipalTag/team, 'none'}`.

IAM User Guide, "IAM policy elements: Variables and tags" and "IAM JSON policy elements: Resource".
"""

import re
from collections.abc import Callable
from functools import lru_cache

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_COLON = re.compile(r":(?![^{}]*\})")  # none of those inside of a variable
ARN_FIELDS = 6

Value = str | tuple[str, ...] | None
Lookup = Callable[[str], Value]
"""The value of a context key, None where the request has none. It raises UnknownValueError where nobody knows it."""


class UnknownValueError(LookupError):
    """The answer depends on what nobody told: a statement that allows does not apply, one that denies does."""


@lru_cache(maxsize=65_536)
def glob(pattern: str, value: str) -> bool:
    """Whether a value matches a pattern. Linear in practice: each `*` backtracks to itself alone."""
    at = place = 0
    star = held = -1
    while at < len(value):
        if place < len(pattern) and pattern[place] == "*":
            star, held, place = place, at, place + 1
        elif place < len(pattern) and _same(pattern[place], value[at]):
            at, place = at + 1, place + 1
        elif star >= 0:
            held += 1
            at, place = held, star + 1
        else:
            return False
    return set(pattern[place:]) <= {"*"}


def _same(sign: str, letter: str) -> bool:
    return sign == "?" or _unescaped(sign) == letter


# In the text that a variable stands for, these signs have no meaning: a tag `a:*` is no wildcard and no two fields.
_ESCAPED = {"*": "\ue000", "?": "\ue001", ":": "\ue002"}
_PLAIN = {mark: sign for sign, mark in _ESCAPED.items()}


def _unescaped(text: str) -> str:
    return "".join(_PLAIN.get(letter, letter) for letter in text)


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(letter, letter) for letter in text)


def resolved(pattern: str, variables: Lookup | None) -> str | None:
    """The pattern with its variables replaced; None where one has no value and no default, so that nothing matches.

    Without `variables` they are literal text: the policy's language is older than they are. Only a key with one value
    is a variable, and an empty text counts as none.
    """
    if variables is None:
        return pattern
    missing = False

    def replace(match: re.Match[str]) -> str:
        nonlocal missing
        name, comma, default = (part.strip() for part in match[1].partition(","))
        if name in ("*", "?", "$"):
            return _ESCAPED.get(name, name)
        value = variables(name)
        if isinstance(value, str) and value:
            return _escaped(value)
        missing = missing or not comma
        return _escaped(default.strip("'"))

    text = _VARIABLE.sub(replace, pattern)
    return None if missing else text


def literal(pattern: str, variables: Lookup | None) -> str | None:
    """A value without wildcards, with its variables replaced."""
    found = resolved(pattern, variables)
    return None if found is None else _unescaped(found)


def arn_like(pattern: str, value: str) -> bool:
    """ARNs compared field by field: no wildcard reaches across a colon, but in the last field."""
    wanted, found = (text.split(":", ARN_FIELDS - 1) for text in (pattern, value))
    return len(wanted) == len(found) == ARN_FIELDS and all(map(glob, wanted, found))


def resource_like(pattern: str, value: str, variables: Lookup | None) -> bool | None:
    """Resource elements; None where it hangs on a variable without a value.

    A wildcard may reach across colons, an ARN with too few fields ends in wildcards, and a variable has a meaning in
    the last field alone.
    """
    *fields, name = _COLON.split(pattern, ARN_FIELDS - 1)
    missing = ARN_FIELDS - 1 - len(fields) if fields else 0
    wanted = resolved(name, None if missing else variables)
    known = _VARIABLE.sub("*", name) if wanted is None else wanted
    matches = glob(":".join((*fields, known)) + ":*" * missing, value)
    return None if matches and wanted is None else matches
