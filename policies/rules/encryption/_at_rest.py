"""Encryption at rest with the keep's own keys."""

from policies.conditions import ON, Condition, Expectation

FRAMEWORKS = {"SOC 2": ("CC6.1", "C1.1"), "ISO 27001": ("A.8.24",)}
MANAGED_ALIAS = "alias/aws/"
OWN_KEY = Condition(
    lambda key: key != "" and MANAGED_ALIAS not in str(key), "must be the keep's own key, none of AWS's"
)


def at_rest(key: str = "", switch: str = "", on: Condition = ON) -> tuple[Expectation, ...]:
    """Paths that turn encryption on and name its key.

    `switch` is empty where the service always encrypts, `key` where it takes no key of a customer's.
    """
    return tuple(Expectation(path, condition) for path, condition in ((switch, on), (key, OWN_KEY)) if path)
