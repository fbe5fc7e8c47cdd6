"""Base of types whose nested properties moto stores only partly."""

from collections.abc import Mapping
from typing import Any, ClassVar

from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource

ECHO = "echo"


class EchoedResource(LiveResource):
    """Stores what was written, and moto's answer right after.

    While moto's answer is the same, the properties are those that were written. Another answer shows a later change.
    """

    partly: ClassVar[frozenset[str]] = frozenset()  # top-level properties that moto may store partly

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
    """`above`, with missing entries of mappings taken from `below`; lists are not merged."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {key: overlaid(below.get(key), above.get(key)) for key in (*above, *(below.keys() - above.keys()))}
    return below if above is None else above
