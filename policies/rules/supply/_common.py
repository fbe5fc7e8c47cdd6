"""The frameworks that the supply rules serve."""

from collections.abc import Mapping

FRAMEWORKS: Mapping[str, tuple[str, ...]] = {"SOC 2": ("CC8.1",), "ISO 27001": ("A.5.21", "A.8.19")}
