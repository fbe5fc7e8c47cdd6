"""The runtime's settings document, where a stack exports it and where a cluster mounts it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from codekeep_contracts.log_fields import LEVELS, LOG_FIELDS

from policies.conditions import FALSE, TRUE, Condition, between, names, one_of
from policies.facts import Facts
from policies.graph import Node
from policies.reading import MISSING, Found, read
from policies.rule import Finding, Rule
from policies.yaml_text import parsed

OUTPUT = "runtimeSettings"
LONGEST_PROMPT_DAYS = 90
LOGGING: Mapping[str, Condition] = {
    "logging.bodies": FALSE,
    "logging.level": one_of(*LEVELS),
    "logging.allowed_fields[*]": Condition(
        lambda value: value in LOG_FIELDS, "is no metadata field, so it may contain what somebody wrote"
    ),
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A document and its path; `document` is no mapping where it is not known."""

    path: str
    document: Any

    def read(self, path: str) -> Iterator[Found]:
        """The values at a path of the document, each with its path from the resource on."""
        for found in read(self.document, path):
            dot = "" if not found.path or self.path.endswith("|") else "."
            yield Found(f"{self.path}{dot}{found.path}", found.value)


def exported(node: Node) -> Iterator[Settings]:
    """The document that a stack exports, if it does."""
    for found in read(node.outputs, OUTPUT):
        if found.value is not MISSING:
            yield Settings(path=found.path, document=_parsed(found.value) if found.known else found.value)


def mounted(node: Node) -> Iterator[Settings]:
    """The documents in a ConfigMap's data: JSON or YAML with a `schema_version` and a part `logging`."""
    data = node.inputs.get("data")
    for name, text in data.items() if isinstance(data, Mapping) else ():
        document = _parsed(text)
        if isinstance(document, Mapping) and "logging" in document and "schema_version" in document:
            yield Settings(path=f"data.{name}|", document=document)


def judge_logging(rule: Rule, node: Node, settings: Settings) -> Iterator[Finding]:
    """Bodies off, a level that is not debug, and no field but metadata."""
    for path, condition in LOGGING.items():
        for found in settings.read(path):
            yield from rule.expect(node, found, condition)


def judge_prompts(rule: Rule, node: Node, settings: Settings, facts: Facts) -> Iterator[Finding]:
    """Prompts are stored only as agreed: redacted, for a limited time, and approved by somebody named."""
    enabled = next(settings.read("prompt_storage.enabled"))
    if not enabled.known:
        yield rule.undecided(node, enabled.path)
        return
    if enabled.value is MISSING or enabled.value is False:
        return
    agreed = facts.prompt_storage
    if facts.tenant and agreed.get("enabled") is not True:
        yield rule.violation(node, enabled.path, "stores prompts without the customer's opt-in")
    conditions = {
        "redaction": TRUE,
        "retention_days": between(1, longest_prompt_days(facts), "days"),
        "approved_by": names("the customer's approver"),
    }
    for name, condition in conditions.items():
        for found in settings.read(f"prompt_storage.{name}"):
            yield from rule.expect(node, found, condition)


def longest_prompt_days(facts: Facts) -> int:
    return min(facts.prompt_storage.get("retention_days") or LONGEST_PROMPT_DAYS, LONGEST_PROMPT_DAYS)


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        pass  # YAML, or no document at all
    try:
        return parsed(value) if "logging" in value else None
    except yaml.YAMLError:
        return None
