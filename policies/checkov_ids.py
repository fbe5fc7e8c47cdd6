"""The number of each rule as a Checkov check: CKV_KEEP_n. Customers write these into their own waivers: never renumber.

Only rules that decide from one resource, and that apply to an AWS type, are checks. A number stays with its rule even
when the rule is gone. `python -m policies.checkov_ids` gives the rules without a number the next ones.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from policies.catalogue import catalogue
from policies.rule import ANY_RESOURCE, Rule, Scope

PREFIX = "CKV_KEEP_"
NUMBERS = Path(__file__).with_name("checkov_numbers.json")  # not in the folder: Checkov reads any JSON there


NOT_IN_TERRAFORM: Mapping[str, str] = {
    "protected-data": "an option of Pulumi's, `protect`",
    "provider-accounts": "the provider that Pulumi hands to the resource",
}
"""Rules that judge what only a Pulumi program says about a resource, and what that is."""


@cache
def numbers() -> Mapping[str, int]:
    """Rule id to number."""
    read: Mapping[str, int] = json.loads(NUMBERS.read_text(encoding="utf-8"))
    return read


def is_check(rule: Rule) -> bool:
    """Whether the rule can judge a Terraform resource by itself."""
    aws = any(token == ANY_RESOURCE or token.startswith("aws:") for token in rule.applies_to)
    return aws and rule.scope is Scope.RESOURCE and rule.id not in NOT_IN_TERRAFORM


def check_id(rule: Rule) -> str:
    """`CKV_KEEP_7`.

    Raises:
        KeyError: the rule has no number.
    """
    return f"{PREFIX}{numbers()[rule.id]}"


def rule_id(check: str) -> str | None:
    """The rule of a check id; None for checks of others."""
    number = check.removeprefix(PREFIX)
    if number == check:
        return None
    return next((id_ for id_, given in numbers().items() if str(given) == number), None)


def unnumbered() -> list[str]:
    """Ids of the rules that are checks and have no number yet."""
    return [rule.id for rule in catalogue() if is_check(rule) and rule.id not in numbers()]


def main() -> None:
    """Appends the missing numbers; none that is there changes."""
    highest = max(numbers().values(), default=0)
    added = {id_: number for number, id_ in enumerate(unnumbered(), start=highest + 1)}
    NUMBERS.write_text(json.dumps({**numbers(), **added}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
