"""A resource of whose nested properties moto keeps a part only."""

from collections.abc import Mapping
from typing import Any, ClassVar

from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource

ECHO = "echo"


class EchoedResource(LiveResource):
    """Remembers what was written and what moto answered right after.

    As long as moto answers the same, what was written holds; when it answers anything else, someone changed it.
    """

    partly: ClassVar[frozenset[str]] = frozenset()  # top-level properties that moto may keep a part of only

    def _keep(self, api: Api, id: str, inputs: Props) -> None:
        super()._keep(api, id, inputs)
        heard = super()._outputs(api, id, inputs) or {}
        echo = {
            name: {"written": inputs[name], "heard": heard.get(name)}
            for name in self.partly
            if inputs.get(name) not in (None, heard.get(name))
        }
        if echo or ECHO in self.noted(api, id):
            self.note(api, id, **{ECHO: echo or None})

    def _outputs(self, api: Api, id: str, state: Props) -> Props | None:
        found = super()._outputs(api, id, state)
        if found is None:
            return None
        for name, echo in self.noted(api, id).get(ECHO, {}).items():
            if found.get(name) == echo["heard"]:
                found[name] = overlaid(echo["heard"], echo["written"])
        return found


def overlaid(below: Any, above: Any) -> Any:
    """`above`, completed by what only `below` has; a list is complete as it is."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {key: overlaid(below.get(key), above.get(key)) for key in (*above, *(below.keys() - above.keys()))}
    return below if above is None else above
