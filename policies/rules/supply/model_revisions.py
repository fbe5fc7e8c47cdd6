"""A model named without its revision is whatever its publisher uploads next."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policies.graph import UNKNOWN, Node
from policies.graph.model import STACK_TYPE
from policies.rule import Case, Finding, Requirement, Severity, supply_rule
from policies.rules._types import CONFIG_MAP
from policies.rules.kubernetes._pods import WORKLOADS, Container, each_container
from policies.rules.supply._commands import (
    mappings,
    mappings_in,
    option,
    unreadable,
    unreadable_texts,
    variables,
    words,
)
from policies.rules.supply._common import FRAMEWORKS

_MODEL = re.compile(r"^[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}$")
_REVISION = re.compile(r"^(?:[0-9a-f]{40}|sha256:[0-9a-f]{64})$")
_VARIABLES = ("HF_MODEL_ID", "HF_MODEL", "MODEL_ID", "MODEL_NAME", "MODEL")
_REVISIONS = ("HF_MODEL_REVISION", "MODEL_REVISION", "HF_REVISION", "REVISION")
_OPTIONS = {"--model": "--revision", "--model-id": "--revision", "--tokenizer": "--tokenizer-revision"}

RULE = supply_rule(
    id="model-revisions",
    title="Every model is named with the revision of its weights",
    severity=Severity.HIGH,
    applies_to=(*WORKLOADS, CONFIG_MAP, STACK_TYPE),
    requirement=Requirement.SUPPLY_CHAIN,
    why="Weights decide what the copilot writes into the customer's code; nobody evaluated new ones under an old name.",
    remedy="name the commit of 40 hex digits, as the spec's models[*].revision does",
    frameworks=FRAMEWORKS,
)


@RULE.check
def pinned(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == CONFIG_MAP:
        yield from unreadable_texts(RULE, node)
        yield from _models(node, mappings(node))
    elif node.type == STACK_TYPE:
        yield from _models(node, mappings_in(node.outputs.get("runtimeSettings"), "runtimeSettings"))
    else:
        yield from each_container(RULE, node, _container)


def _models(node: Node, documents: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Finding]:
    for path, document in documents:
        listed = document.get("models")
        for index, model in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(model, dict) and not _is_revision(model.get("revision")):
                yield _unpinned(node, f"{path}.models[{index}].revision", model.get("name"), model.get("revision"))


def _container(container: Container) -> Iterator[Finding]:
    node, command, set_ = container.node, words(container), variables(container)
    yield from unreadable(RULE, container)
    revision = next((set_[name][1] for name in _REVISIONS if name in set_), None)
    for name in _VARIABLES:
        path, model = set_.get(name, ("", None))
        if model is UNKNOWN or (model is not None and revision is UNKNOWN):
            yield RULE.undecided(node, path, "the model or its revision is not known yet")
        elif _is_unpinned(model, revision):
            yield _unpinned(node, path, model, revision)
    for name, companion in _OPTIONS.items():
        path, model = option(command, name) or ("", None)
        _, given = option(command, companion) or ("", None)
        if _is_unpinned(model, given):
            yield _unpinned(node, path, model, given)


def _is_unpinned(model: Any, revision: Any) -> bool:
    """Whether a text names a published model and neither it nor its companion names a revision."""
    name, _, own = str(model).partition("@")
    return model is not None and _MODEL.match(name) is not None and not _is_revision(own or revision)


def _is_revision(value: Any) -> bool:
    return isinstance(value, str) and _REVISION.match(value) is not None


def _unpinned(node: Node, path: str, model: Any, revision: Any) -> Finding:
    return RULE.violation(node, path, f"names {model!r} at revision {revision!r}, which is no exact one")
