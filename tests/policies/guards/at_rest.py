"""Guards of encryption at rest: the key removed, the switch turned off, a resource created with neither."""

from policies.conditions import ON
from policies.rule import Rule
from policies.rules.encryption._at_rest import OWN_KEY
from tests.policies.guards.guard import Break, Guard


def at_rest_guards(rule: Rule) -> tuple[Guard, ...]:
    """Guards of every type for which the rule expects a key."""
    made: list[Guard] = []
    for token, expected in rule.expects.items():
        for each in expected:
            wrong = {id(OWN_KEY): "alias/aws/service", id(ON): False}.get(id(each.condition), "NONE")
            made.append(Guard(token, each.path, (Break.REMOVE,), (wrong,)))
        made.append(Guard(token, add=({},)))
    return tuple(made)
