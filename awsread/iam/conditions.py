"""Condition operators, as the IAM User Guide defines them ("IAM JSON policy elements: Condition operators").

An operator is `[ForAnyValue:|ForAllValues:]<name>[IfExists]`. Without a key in the request a condition is false, a
negated one true, `ForAllValues` true and `ForAnyValue` false; for the two, an empty text is no value either. A key with
several values needs one of the two, and AWS does not say what comes of it without ("Conditions with multiple context
keys or values").
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Final

from awsread.iam.patterns import Lookup, UnknownValueError, arn_like, glob, literal, resolved

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_MONTH = re.compile(r"\d{4}(-\d{2})?", re.ASCII)

Comparison = Callable[[str, str], bool]
"""Whether the policy's value (first) holds of the request's."""


class UnknownOperatorError(ValueError):
    """An operator that AWS does not have; AWS refuses the policy."""


def _ignoring_case(wanted: str, found: str) -> bool:
    return wanted.lower() == found.lower()


def _same_truth(wanted: str, found: str) -> bool:
    return wanted.lower() == found.lower() and wanted.lower() in ("true", "false")


def _number(compare: Callable[[Decimal, Decimal], bool]) -> Comparison:
    def holds(wanted: str, found: str) -> bool:
        numbers = _NUMBER.fullmatch(found) and _NUMBER.fullmatch(wanted)
        return bool(numbers) and compare(Decimal(found), Decimal(wanted))

    return holds


def _date(compare: Callable[[Decimal, Decimal], bool]) -> Comparison:
    def holds(wanted: str, found: str) -> bool:
        try:
            return compare(_seconds(found), _seconds(wanted))
        except ValueError:
            return False

    return holds


def _seconds(text: str) -> Decimal:
    """A date of W3C's note on ISO 8601 (a year is one), UTC where it names no zone, or seconds since 1970."""
    if _MONTH.fullmatch(text):
        text = f"{text}-01-01"[: len("2026-01-01")]
    elif _NUMBER.fullmatch(text):
        return Decimal(text)
    parsed = datetime.fromisoformat(text)
    return Decimal((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())


def _within(wanted: str, found: str) -> bool:
    try:
        return ip_address(found) in ip_network(wanted, strict=False)
    except ValueError:
        return False


_ORDERS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "Equals": lambda found, wanted: found == wanted,
    "LessThan": lambda found, wanted: found < wanted,
    "LessThanEquals": lambda found, wanted: found <= wanted,
    "GreaterThan": lambda found, wanted: found > wanted,
    "GreaterThanEquals": lambda found, wanted: found >= wanted,
}
_PATTERNS: Final[Mapping[str, Comparison]] = {"StringLike": glob, "ArnLike": arn_like, "ArnEquals": arn_like}
_TEXTS: Final[Mapping[str, Comparison]] = {
    "StringEquals": str.__eq__,
    "StringEqualsIgnoreCase": _ignoring_case,
    "Bool": _same_truth,
}
_CONSTANTS: Final[Mapping[str, Comparison]] = {  # of these, no variable is replaced
    "BinaryEquals": str.__eq__,
    "IpAddress": _within,
    **{f"Numeric{name}": _number(compare) for name, compare in _ORDERS.items()},
    **{f"Date{name}": _date(compare) for name, compare in _ORDERS.items()},
}
_NEGATED: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
OPERATORS: Final = (*_PATTERNS, *_TEXTS, *_CONSTANTS, *_NEGATED)


def all_hold(conditions: Mapping[str, Mapping[str, tuple[str, ...]]], lookup: Lookup, variables: Lookup | None) -> bool:
    """Whether every condition of a statement holds. Every operator and every key must; of a key's values, one.

    `variables` looks up those in the policy's values, None where its language has none.

    Raises:
        UnknownOperatorError: AWS has no such operator.
        UnknownValueError: a key's value is not known or not comparable, and no other condition is false.
    """
    unknown: UnknownValueError | None = None
    for operator, keys in conditions.items():
        for key, values in keys.items():
            try:
                if not _holds(operator, key, values, lookup, variables):
                    return False
            except UnknownValueError as fault:
                unknown = fault
    if unknown:
        raise unknown
    return True


def _holds(operator: str, key: str, wanted: tuple[str, ...], lookup: Lookup, variables: Lookup | None) -> bool:
    quantifier, _, name = operator.rpartition(":")
    plain = name.removesuffix("IfExists")
    if quantifier not in ("", "ForAnyValue", "ForAllValues") or (plain not in OPERATORS and name != "Null"):
        raise UnknownOperatorError(f"condition operator {operator!r} does not exist")
    value = lookup(key)
    found = () if value is None else (value,) if isinstance(value, str) else value
    if name == "Null":
        return any(each.lower() == str(not found).lower() for each in wanted)
    negated = plain in _NEGATED
    if not found or (quantifier and not any(found)):
        return name.endswith("IfExists") or quantifier == "ForAllValues" or (negated and quantifier == "")
    if quantifier == "" and len(found) > 1:
        raise UnknownValueError(f"{key} has several values, which {operator} does not compare")
    positive = _NEGATED.get(plain, plain)
    matched = [any(_matches(positive, pattern, each, variables) for pattern in wanted) for each in found]
    combine = any if quantifier == "ForAnyValue" else all
    return combine(match != negated for match in matched)


def _matches(operator: str, pattern: str, value: str, variables: Lookup | None) -> bool:
    if operator in _CONSTANTS:
        return _CONSTANTS[operator](pattern, value)
    if operator in _PATTERNS:
        wanted = resolved(pattern, variables)
        return wanted is not None and _PATTERNS[operator](wanted, value)
    wanted = literal(pattern, variables)
    return wanted is not None and _TEXTS[operator](wanted, value)
