"""Kubernetes' amounts as numbers."""

import re

_QUANTITY = re.compile(r"^([0-9]*\.?[0-9]+)(m|[KMGT]i?)?$")
_BYTES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def cores(quantity: str) -> float:
    """Processors: `500m` is a half.

    Raises:
        ValueError: the text is no amount of processors.
    """
    number, unit = _parts(quantity)
    if unit not in ("", "m"):
        raise ValueError(f"processors must be like 500m or 2, got {quantity!r}")
    return number / 1000 if unit == "m" else number


def mebibytes(quantity: str) -> int:
    """Memory, rounded up.

    Raises:
        ValueError: the text is no amount of memory.
    """
    number, unit = _parts(quantity)
    if unit not in _BYTES:
        raise ValueError(f"memory must be like 512Mi or 2Gi, got {quantity!r}")
    return -int(-number * _BYTES[unit] // _BYTES["Mi"])


def _parts(quantity: str) -> tuple[float, str]:
    found = _QUANTITY.match(quantity)
    if found is None:
        raise ValueError(f"an amount must be like 500m or 2Gi, got {quantity!r}")
    return float(found[1]), found[2] or ""
