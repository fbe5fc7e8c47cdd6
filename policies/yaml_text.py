"""YAML texts inside resources: several rules read the same ones, so each is parsed once."""

from functools import lru_cache
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml: ten times as fast


@lru_cache(maxsize=256)
def parsed(text: str) -> Any:
    """The document, to be read only.

    Raises:
        yaml.YAMLError: the text is no YAML.
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader either way
