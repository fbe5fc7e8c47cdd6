"""The runtime's settings document where a stack exports it and where a cluster mounts it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from codekeep_contracts.log_fields import LEVELS, LOG_FIELDS

from policies.facts import Facts
from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Finding, Rule
from policies.yaml_text import parsed

OUTPUT = "runtimeSettings"
LONGEST_PROMPT_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A document and where it stands; `document` is no mapping where it is not known."""

    path: str
    document: Any


def exported(node: Node) -> Iterator[Settings]:
    """The document a stack exports; none where it exports none."""
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
    yield from _value(rule, node, settings, "logging.bodies", lambda value: value is False, "must be false")
    yield from _value(
        rule, node, settings, "logging.level", lambda value: value in LEVELS, f"must be one of {', '.join(LEVELS)}"
    )
    yield from _value(
        rule,
        node,
        settings,
        "logging.allowed_fields[*]",
        lambda value: value in LOG_FIELDS,
        "is no metadata field, so it may hold what somebody wrote",
    )


def judge_prompts(rule: Rule, node: Node, settings: Settings, facts: Facts) -> Iterator[Finding]:
    """Stored only as the agreement says, redacted, for a limited time, and approved by somebody named."""
    enabled = next(iter(_read(settings, "prompt_storage.enabled")))
    if not enabled.known:
        yield rule.undecided(node, _at(settings, enabled.path))
        return
    if enabled.value is MISSING or enabled.value is False:
        return
    agreed = facts.prompt_storage
    if facts.tenant and agreed.get("enabled") is not True:
        yield rule.violation(node, _at(settings, enabled.path), "stores prompts without the customer's opt-in")
    longest = min(agreed.get("retention_days") or LONGEST_PROMPT_DAYS, LONGEST_PROMPT_DAYS)
    yield from _value(rule, node, settings, "prompt_storage.redaction", lambda value: value is True, "must be true")
    yield from _value(
        rule,
        node,
        settings,
        "prompt_storage.retention_days",
        lambda days: isinstance(days, (int, float)) and 1 <= days <= longest,
        f"must be 1 to {longest} days",
    )
    yield from _value(rule, node, settings, "prompt_storage.approved_by", bool, "must name the customer's approver")


def _value(rule: Rule, node: Node, settings: Settings, path: str, holds: Any, message: str) -> Iterator[Finding]:
    for found in _read(settings, path):
        at = _at(settings, found.path)
        if not found.known:
            yield rule.undecided(node, at)
        elif found.value is MISSING or not holds(found.value):
            yield rule.violation(node, at, f"{message}, got {found.value!r}")


def _read(settings: Settings, path: str) -> list[Any]:
    return list(read(settings.document, path))


def _at(settings: Settings, path: str) -> str:
    if not path:
        return settings.path
    return f"{settings.path}{path}" if settings.path.endswith("|") else f"{settings.path}.{path}"


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        pass  # YAML, or no document at all
    if "logging" not in value:
        return None
    try:
        return parsed(value)
    except yaml.YAMLError:
        return None
