"""A model named without its revision is whatever its publisher uploads next."""

import re
from collections.abc import Iterator
from typing import Any

from policies.graph import UNKNOWN, Node
from policies.graph.model import STACK_TYPE
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._pods import WORKLOADS, Container, each_container
from policies.rules.supply._commands import (
    CONFIG_MAP,
    documents,
    mappings,
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

RULE = Rule(
    id="model-revisions",
    title="Every model is named with the revision of its weights",
    severity=Severity.HIGH,
    family=Family.SUPPLY,
    applies_to=(*WORKLOADS, CONFIG_MAP, STACK_TYPE),
    requirement=Requirement.SUPPLY_CHAIN,
    why="Weights decide what the copilot writes into the customer's code; new ones under an old name nobody evaluated.",
    remedy="name the commit of 40 hex digits, as the spec's models[*].revision does",
    frameworks=FRAMEWORKS,
)


@RULE.check
def pinned(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == CONFIG_MAP:
        yield from unreadable_texts(RULE, node)
        for path, document in documents(node):
            yield from _document(node, document, path)
    elif node.type == STACK_TYPE:
        yield from _document(node, node.outputs.get("runtimeSettings"), "runtimeSettings")
    else:
        yield from each_container(RULE, node, _container)


def _document(node: Node, document: Any, path: str) -> Iterator[Finding]:
    for place, entry in mappings(document, path):
        listed = entry.get("models")
        for index, model in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(model, dict) and not _is_revision(model.get("revision")):
                yield _fault(node, f"{place}.models[{index}].revision", model.get("name"), model.get("revision"))


def _container(container: Container) -> Iterator[Finding]:
    node, told, set_ = container.pod.node, words(container), variables(container)
    yield from unreadable(RULE, container)
    revision = next((set_[name][1] for name in _REVISIONS if name in set_), None)
    for name in _VARIABLES:
        path, model = set_.get(name, ("", None))
        if model is UNKNOWN or (model is not None and revision is UNKNOWN):
            yield RULE.undecided(node, path, "the model or its revision is not known yet")
        elif _unpinned(model, revision):
            yield _fault(node, path, model, revision)
    for name, companion in _OPTIONS.items():
        if (model_option := option(told, name)) is not None:
            given = option(told, companion)
            if _unpinned(model_option[1], given[1] if given else None):
                yield _fault(node, model_option[0], model_option[1], given[1] if given else None)


def _unpinned(model: Any, revision: Any) -> bool:
    """Whether a text names a published model, and neither it nor what stands beside it says which revision."""
    name, _, own = str(model).partition("@")
    return model is not None and _MODEL.match(name) is not None and not _is_revision(own or revision)


def _is_revision(value: Any) -> bool:
    return isinstance(value, str) and _REVISION.match(value) is not None


def _fault(node: Node, path: str, model: Any, revision: Any) -> Finding:
    return RULE.violation(node, path, f"names {model!r} at revision {revision!r}, which is no exact one")
