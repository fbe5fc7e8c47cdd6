"""Converts between the property names of Pulumi and of an AWS API, where they differ in spelling only."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import tag_map


class Spelling:
    """The API's names start with a capital, except for those in `names`. `tags` are maps in Pulumi.

    >>> Spelling({"id": "ID"}).to_api({"id": "a", "rules": [{"maxDays": 1}]})
    {'ID': 'a', 'Rules': [{'MaxDays': 1}]}
    """

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        self._to_api = dict(names or {})
        self._to_props = {api: name for name, api in self._to_api.items()}

    def to_api(self, value: Any) -> Any:
        """An API parameter from a property value."""
        if isinstance(value, list):
            return [self.to_api(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        return {
            self._to_api.get(name, name[:1].upper() + name[1:]): [{"Key": k, "Value": v} for k, v in item.items()]
            if name == "tags"
            else self.to_api(item)
            for name, item in value.items()
            if item is not None
        }

    def to_props(self, value: Any) -> Any:
        """A property value from an API's answer."""
        if isinstance(value, list):
            return [self.to_props(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        named = {self._to_props.get(key, key[:1].lower() + key[1:]): item for key, item in value.items()}
        return {
            name: tag_map(item) if name == "tags" else self.to_props(item)
            for name, item in named.items()
            if item is not None
        }
