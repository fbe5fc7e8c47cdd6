"""Code fetched while a container starts was reviewed by nobody."""

import re
from collections.abc import Iterator
from typing import Any

from policies.graph import UNKNOWN, Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._pods import WORKLOADS, Container, each_container
from policies.rules.supply._commands import (
    CONFIG_MAP,
    documents,
    mappings,
    unreadable,
    unreadable_texts,
    variables,
    words,
)
from policies.rules.supply._common import FRAMEWORKS

_SWITCH = re.compile(r"(?<![\w-])--trust[-_]remote[-_]code(?!\s*[= ]\s*(?:false|0|no)\b)", re.IGNORECASE)
_PIPED = re.compile(r"\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|\bsh\s+-c\s+[\"']?\$\((?:curl|wget)\b")
_OFF = ("", "0", "false", "no", "none")

RULE = Rule(
    id="remote-code",
    title="No model and no script brings code along at run time",
    severity=Severity.CRITICAL,
    family=Family.SUPPLY,
    applies_to=(*WORKLOADS, CONFIG_MAP),
    requirement=Requirement.SUPPLY_CHAIN,
    why="trust_remote_code runs whatever a model's repository holds, beside the customer's code and with its rights.",
    remedy="leave trust_remote_code off, and build what a container needs into its image",
    frameworks=FRAMEWORKS,
)


@RULE.check
def own_code(node: Node, _: Case) -> Iterator[Finding]:
    if node.type != CONFIG_MAP:
        yield from each_container(RULE, node, _container)
        return
    yield from unreadable_texts(RULE, node)
    for path, document in documents(node):
        for place, entry in mappings(document, path):
            for key, value in entry.items():
                if str(key).lower() in ("trust_remote_code", "trust-remote-code", "trustremotecode") and _on(value):
                    yield RULE.violation(node, f"{place}.{key}", f"got {value!r}: must be false")


def _container(container: Container) -> Iterator[Finding]:
    node = container.pod.node
    yield from unreadable(RULE, container)
    for path, word in words(container):
        if _SWITCH.search(word) or _PIPED.search(word):
            yield RULE.violation(node, path, f"got {word[:80]!r}: runs code from outside the image")
    for name, (path, value) in variables(container).items():
        if name.upper().endswith("TRUST_REMOTE_CODE") and value is UNKNOWN:
            yield RULE.undecided(node, path)
        elif name.upper().endswith("TRUST_REMOTE_CODE") and _on(value):
            yield RULE.violation(node, path, f"got {value!r}: must be false")


def _on(value: Any) -> bool:
    return str(value).strip().lower() not in _OFF
