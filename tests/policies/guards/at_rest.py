"""Guards of encryption at rest: the switch turned off, the key removed, a resource created with neither."""

from collections.abc import Mapping

from policies.rules.encryption._keys import AtRest
from tests.policies.guards.guard import Break, Guard


def at_rest_guards(types: Mapping[str, AtRest]) -> tuple[Guard, ...]:
    made: list[Guard] = []
    for token, how in types.items():
        if how.key is not None:
            made.append(Guard(token, how.key, (Break.REMOVE,), ("alias/aws/service",)))
        if how.switch is not None:
            wrong = (False,) if how.on is True else ("NONE",)
            made.append(Guard(token, how.switch, (Break.REMOVE,), wrong))
        made.append(Guard(token, add=({},)))
    return tuple(made)
