"""Nobody reviewed code that is fetched while a container starts."""

import re
from collections.abc import Iterator
from typing import Any

from policies.graph import UNKNOWN, Node
from policies.rule import Case, Finding, Requirement, Severity, supply_rule
from policies.rules._types import CONFIG_MAP
from policies.rules.kubernetes._pods import WORKLOADS, Container, each_container
from policies.rules.supply._commands import mappings, unreadable, unreadable_texts, variables, words
from policies.rules.supply._common import FRAMEWORKS

_SWITCH = re.compile(r"(?<![\w-])--trust[-_]remote[-_]code(?!\s*[= ]\s*(?:false|0|no)\b)", re.IGNORECASE)
_PIPED = re.compile(r"\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|\bsh\s+-c\s+[\"']?\$\((?:curl|wget)\b")
_KEYS = ("trust_remote_code", "trust-remote-code", "trustremotecode")
_OFF = ("", "0", "false", "no", "none")

RULE = supply_rule(
    id="remote-code",
    title="No model and no script brings code along at run time",
    severity=Severity.CRITICAL,
    applies_to=(*WORKLOADS, CONFIG_MAP),
    requirement=Requirement.SUPPLY_CHAIN,
    why="trust_remote_code runs the code in a model's repository, beside the customer's code and with its rights.",
    remedy="leave trust_remote_code off, and build what a container needs into its image",
    frameworks=FRAMEWORKS,
)


@RULE.check
def own_code(node: Node, _: Case) -> Iterator[Finding]:
    if node.type != CONFIG_MAP:
        yield from each_container(RULE, node, _container)
        return
    yield from unreadable_texts(RULE, node)
    for path, entry in mappings(node):
        for key, value in entry.items():
            if str(key).lower() in _KEYS and _is_on(value):
                yield RULE.violation(node, f"{path}.{key}", f"got {value!r}: must be false")


def _container(container: Container) -> Iterator[Finding]:
    yield from unreadable(RULE, container)
    for path, word in words(container):
        if _SWITCH.search(word) or _PIPED.search(word):
            yield RULE.violation(container.node, path, f"got {word[:80]!r}: runs code from outside the image")
    for name, (path, value) in variables(container).items():
        if name.upper().endswith("TRUST_REMOTE_CODE") and value is UNKNOWN:
            yield RULE.undecided(container.node, path)
        elif name.upper().endswith("TRUST_REMOTE_CODE") and _is_on(value):
            yield RULE.violation(container.node, path, f"got {value!r}: must be false")


def _is_on(value: Any) -> bool:
    return str(value).strip().lower() not in _OFF
