"""The one list of rules: every module below policies/rules that has a RULE, by family and id."""

import importlib
import pkgutil
from functools import cache

import policies.rules
from policies.rule import Rule


class CatalogueError(Exception):
    """A rule file that is not a rule."""


@cache
def catalogue() -> tuple[Rule, ...]:
    """All rules, sorted by family and id.

    Raises:
        CatalogueError: a module without RULE, a file or folder not named for its rule and family, an id used twice.
    """
    rules: dict[str, Rule] = {}
    for module in pkgutil.walk_packages(policies.rules.__path__, f"{policies.rules.__name__}."):
        if module.ispkg or module.name.rpartition(".")[2].startswith("_"):
            continue
        rule = _rule_of(module.name)
        if rule.id in rules:
            raise CatalogueError(f"two rules are called {rule.id}")
        rules[rule.id] = rule
    return tuple(sorted(rules.values(), key=lambda rule: (rule.family, rule.id)))


def _rule_of(name: str) -> Rule:
    rule = getattr(importlib.import_module(name), "RULE", None)
    if not isinstance(rule, Rule):
        raise CatalogueError(f"{name} has no RULE; helpers of rules are named with a leading underscore")
    *_, folder, file = name.split(".")
    if (folder, file) != (rule.family.replace("-", "_"), rule.id.replace("-", "_")):
        raise CatalogueError(
            f"rule {rule.id} of family {rule.family} is in {folder}/{file}.py; name the file for the rule"
        )
    return rule
