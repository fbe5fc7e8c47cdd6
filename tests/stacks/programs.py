"""The program of each shipped stack, recorded without an engine: once per process, since it takes seconds."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from policies.graph.model import UNKNOWN, ResourceGraph
from policies.graph.recorder import record
from stacks.program import run
from tests.stacks.documents import ROOT, document

PLATFORM = "platform-eu-central-1"


@cache
def graph_of(stack: str) -> ResourceGraph:
    """The graph of a shipped stack; the pooled keep reads the platform's outputs."""
    outputs = {PLATFORM: answered(graph_of(PLATFORM).outputs)} if stack == "pico" else {}
    return recorded(stack, document(stack), outputs)


def recorded(stack: str, spec: Any, stack_outputs: dict[str, dict[str, Any]] | None = None) -> ResourceGraph:
    """The graph of a spec document; values that only the cloud knows are references."""
    key = "codekeep:platform" if stack.startswith("platform") else "codekeep:tenant"
    return record(
        run,
        project="codekeep",
        stack=stack,
        config={key: json.dumps(spec)},
        root=ROOT,
        stack_outputs=stack_outputs,
        references=True,
    )


def answered(value: Any) -> Any:
    """The value with each reference and unknown replaced by a possible value of such an output."""
    if isinstance(value, Mapping):
        return {key: answered(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [answered(item) for item in value]
    if value is UNKNOWN:
        return "some-name"
    return re.sub(r"\$\{[^#{}]+#(\w+)\}", _answer, value) if isinstance(value, str) else value


def _answer(reference: re.Match[str]) -> str:
    answers = {
        "arn": "arn:aws:service:eu-central-1:111122223333:thing/1",
        "url": "https://sqs.eu-central-1.amazonaws.com/111122223333/thing",
        "endpoint": "vpc-thing.eu-central-1.es.amazonaws.com",
        "repositoryUrl": "333344445555.dkr.ecr.eu-central-1.amazonaws.com/codekeep-platform-euc1/thing",
    }
    return answers.get(reference.group(1), "some-name")
