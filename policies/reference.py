"""docs/policies/rules.md, the list of rules for security reviewers: `python -m policies.reference` prints it."""

from collections.abc import Iterator
from itertools import groupby

from policies.catalogue import catalogue
from policies.requirement import Requirement
from policies.rule import ANY_RESOURCE, Rule, Scope

ENFORCED = {Scope.RESOURCE: "stops a resource before it is created", Scope.STACK: "fails a deployment at its end"}


def reference() -> str:
    """The list as Markdown, family by family."""
    rules = catalogue()
    return "\n".join([*_head(rules), *_requirements(rules), *_families(rules)]) + "\n"


def _head(rules: tuple[Rule, ...]) -> Iterator[str]:
    yield from ("# The rules", "")
    yield "Written by `python -m policies.reference`; a test compares it with the catalogue in `policies/rules`."
    yield f"{len(rules)} rules: `codekeep check` judges by them before a deployment and on the live account. As a"
    yield "policy pack they stop a resource before it is created or, where a rule needs the complete stack, fail the"
    yield "deployment."
    yield ""


def _requirements(rules: tuple[Rule, ...]) -> Iterator[str]:
    yield "| requirement | statement | rules |"
    yield "|---|---|---|"
    for requirement in Requirement:
        count = sum(1 for rule in rules if rule.requirement is requirement)
        yield f"| {requirement.value} | {requirement.statement} | {count} |"


def _families(rules: tuple[Rule, ...]) -> Iterator[str]:
    for family, members in groupby(rules, key=lambda rule: rule.family):
        yield from ("", f"## {family.value}")
        for rule in members:
            yield from ("", *_rule(rule))


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### {rule.id}"
    yield f"{rule.title}. {rule.why}"
    yield ""
    yield f"- {rule.severity.value}, serves {rule.requirement.value}, {ENFORCED[rule.scope]}"
    yield f"- judges {'every resource' if ANY_RESOURCE in rule.applies_to else _types(rule)}"
    yield f"- remedy: {rule.remedy}"
    yield f"- {'; '.join(f'{name} {_listed(controls)}' for name, controls in sorted(rule.frameworks.items()))}"


def _types(rule: Rule) -> str:
    shown = [f"`{token}`" for token in rule.applies_to[:6]]
    more = len(rule.applies_to) - len(shown)
    return _listed(shown) + (f" and {more} more types" if more else "")


def _listed(items: tuple[str, ...] | list[str]) -> str:
    return ", ".join(items)


if __name__ == "__main__":
    print(reference(), end="")
