"""Prompts are code and questions about it; stored, they are the most revealing record there is."""

from collections.abc import Iterator

from policies.data_class import data_class_of, has_unknown_class
from policies.graph import Node
from policies.graph.model import STACK_TYPE
from policies.reading import MISSING, read
from policies.rule import Case, Finding, Requirement, Scope, Severity, logging_rule
from policies.rules._types import BUCKETS, CONFIG_MAP
from policies.rules.data_life._lifecycles import LIFECYCLES
from policies.rules.logging._settings import exported, judge_prompts, longest_prompt_days, mounted

WORD = "prompt"

RULE = logging_rule(
    id="log-prompt-storage",
    title="Prompts are stored only with opt-in, redaction, a retention and a named approver",
    severity=Severity.CRITICAL,
    applies_to=(*BUCKETS, STACK_TYPE, CONFIG_MAP),
    requirement=Requirement.PROMPT_OPT_IN,
    why="Without opt-in nobody at the customer knows; without an end the store grows into a second repository.",
    remedy="agree prompt_storage with the customer in the spec, or take the store out",
    frameworks={"SOC 2": ("C1.1", "C1.2"), "ISO 27001": ("A.5.34", "A.8.10", "A.8.12")},
    scope=Scope.STACK,
)


@RULE.check
def stored_as_agreed(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in BUCKETS:
        if _contains_prompts(node):
            yield from _bucket(node, case)
        elif has_unknown_class(node):
            yield RULE.undecided(node, "tags", "which data it contains is not known yet")
        return
    for settings in exported(node) if node.type == STACK_TYPE else mounted(node):
        yield from judge_prompts(RULE, node, settings, case.facts)


def _contains_prompts(bucket: Node) -> bool:
    """By its tag; without one, by its name."""
    data_class = data_class_of(bucket)
    return data_class == WORD or (data_class is None and WORD in str(bucket.inputs.get("bucket", bucket.name)))


def _bucket(node: Node, case: Case) -> Iterator[Finding]:
    agreed = case.facts.prompt_storage
    if case.facts.tenant and not case.facts.platform:
        if agreed.get("enabled") is not True:
            yield RULE.violation(node, "", "contains prompts, which the customer has not opted in to")
            return
        for field, holds in (("redaction", agreed.get("redaction", True)), ("approved_by", agreed.get("approved_by"))):
            if not holds:
                yield RULE.violation(node, "", f"contains prompts though prompt_storage.{field} is {holds!r}")
    yield from _expiry(node, case, longest_prompt_days(case.facts))


def _expiry(node: Node, case: Case, longest: int) -> Iterator[Finding]:
    holders = case.graph.referrers(node, "bucket", *LIFECYCLES)
    found = [each for holder in holders for each in read(holder.inputs, "rules[*].expiration.days")]
    if any(not each.known for each in found):
        yield RULE.undecided(node, "lifecycle", "its lifecycle is not known yet")
    elif not any(each.value is not MISSING and each.value <= longest for each in found):
        yield RULE.violation(node, "lifecycle", f"no rule expires prompts: must be within {longest} days")
