"""Pulumi's camelCase and Terraform's snake_case."""

import re

_UPPER = re.compile(r"(?<!^)([A-Z])")


def snake(name: str) -> str:
    """`enable_key_rotation` for `enableKeyRotation`."""
    return _UPPER.sub(lambda match: f"_{match.group(1)}", name).lower()


def camel(name: str) -> str:
    """`enableKeyRotation` for `enable_key_rotation`."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
