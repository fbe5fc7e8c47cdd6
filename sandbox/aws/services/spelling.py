"""Between Pulumi's property names and those of an AWS API, where they differ in their spelling only."""

from collections.abc import Mapping
from typing import Any

from sandbox.aws.services.live import tag_list, tag_map


class Spelling:
    """Capital first letters on the API's side, except for the `names` given; `maps` keep their keys.

    >>> Spelling({"id": "ID"}).to_api({"id": "a", "rules": [{"maxDays": 1}]})
    {'ID': 'a', 'Rules': [{'MaxDays': 1}]}
    """

    def __init__(
        self,
        names: Mapping[str, str] | None = None,
        *,
        maps: frozenset[str] = frozenset(),
        tags: frozenset[str] = frozenset({"tags"}),
    ) -> None:
        self._to_api = dict(names or {})
        self._to_props = {api: name for name, api in self._to_api.items()}
        self._maps = maps  # objects whose keys are data, not names
        self._tags = tags  # maps in Pulumi that are lists of Key and Value in the API

    def to_api(self, value: Any) -> Any:
        """An API parameter from a property value."""
        if isinstance(value, list):
            return [self.to_api(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        result = {}
        for name, item in value.items():
            if item is None:
                continue
            plain = tag_list(item) if name in self._tags else item
            result[self._api_name(name)] = plain if name in self._maps | self._tags else self.to_api(item)
        return result

    def to_props(self, value: Any) -> Any:
        """A property value from what an API answered."""
        if isinstance(value, list):
            return [self.to_props(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        result = {}
        for key, item in value.items():
            name = self._to_props.get(key, key[:1].lower() + key[1:])
            if item is None:
                continue
            if name in self._tags:
                result[name] = tag_map(item)
            else:
                result[name] = item if name in self._maps else self.to_props(item)
        return result

    def _api_name(self, name: str) -> str:
        return self._to_api.get(name, name[:1].upper() + name[1:])
