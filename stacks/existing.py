"""How `codekeep up` tells a stack's program what the account has already: in an environment variable, as JSON.

Not in the stack's configuration, which is in git: the answer is the account's, and the same spec is deployed to others.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Final

from components.existing import Existing

EXISTING_VARIABLE: Final = "CODEKEEP_EXISTING"


def to_text(existing: Existing) -> str:
    """The value of the variable."""
    return json.dumps(asdict(existing), sort_keys=True)


def from_environment(environment: Mapping[str, str]) -> Existing:
    """What the variable says; nothing exists where it is not set.

    Raises:
        ValueError: it contains something else.
    """
    text = environment.get(EXISTING_VARIABLE)
    if not text:
        return Existing()
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{EXISTING_VARIABLE} must be JSON, as `codekeep existing` prints it: {error}") from error
    allowed = {field.name for field in fields(Existing)}
    if not isinstance(found, dict) or not found.keys() <= allowed or not all(map(_is_text_map, found.values())):
        raise ValueError(
            f"{EXISTING_VARIABLE} must map {', '.join(sorted(allowed))} to maps of text, got {text!r}; "
            "`codekeep existing` prints it"
        )
    return Existing(**found)


def _is_text_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
