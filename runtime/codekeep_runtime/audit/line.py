"""Formats and parses a line of an audit chain: canonical JSON with its position, the previous line's hash and its
own.
"""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

START = "0" * 64  # the hash before the first line
TORN = "torn-"  # names the file of a line that a crash cut off


class Kind(StrEnum):
    OPEN = "open"  # first of a segment
    ACCESS = "access"
    SEAL = "seal"  # a signature over everything before it
    GAP = "gap"  # a line that a crash cut off was set aside


class Head(NamedTuple):
    """The last line of a chain so far."""

    sequence: int
    hash: str


def format_line(chain: str, after: Head, kind: Kind, fields: Mapping[str, object]) -> tuple[bytes, Head]:
    """Returns the line that follows `after`, with its newline, and the new head."""
    body = {**fields, "chain": chain, "sequence": after.sequence + 1, "previous": after.hash, "kind": kind.value}
    digest = hashlib.sha256(canonical_json(body)).hexdigest()
    return canonical_json({**body, "hash": digest}) + b"\n", Head(after.sequence + 1, digest)


def parse_line(line: bytes) -> dict[str, Any]:
    """
    Raises:
        ValueError: not byte for byte what `format_line` makes of these fields.
    """
    value = json.loads(line)
    if not isinstance(value, dict) or not isinstance(value.get("hash"), str):
        raise ValueError("not a JSON object with a hash")
    body = {name: each for name, each in value.items() if name != "hash"}
    if hashlib.sha256(canonical_json(body)).hexdigest() != value["hash"] or canonical_json(value) != line:
        raise ValueError("the hash does not match")
    if not isinstance(value.get("sequence"), int) or value.get("kind") not in set(Kind):
        raise ValueError("no sequence number, or an unknown kind")
    return value


def canonical_json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def signed_text(chain: str, head: Head) -> bytes:
    """The text that a seal signs."""
    return f"codekeep-audit/1 {chain} {head.sequence} {head.hash}".encode()
