"""What a workload is started with: variables and arguments, wherever a resource has them.

Kubernetes objects of any kind (custom resources and Helm values too), Lambda functions, ECS tasks, Batch jobs,
SageMaker models, CodeBuild projects and App Runner services spell them differently; here each is a name and a value.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from policies.graph import SECRET, UNKNOWN, Node

VARIABLES = frozenset({"env", "environment", "environmentVariables", "runtimeEnvironmentVariables", "envVars"})
ARGUMENTS = frozenset({"args", "command", "entryPoint", "arguments"})
JSON_TEXTS = frozenset({"containerDefinitions", "containerProperties", "nodeProperties", "ecsProperties"})
AWS_WORKLOADS = frozenset(
    {
        "aws:lambda/function:Function",
        "aws:ecs/taskDefinition:TaskDefinition",
        "aws:batch/jobDefinition:JobDefinition",
        "aws:sagemaker/model:Model",
        "aws:codebuild/project:Project",
        "aws:apprunner/service:Service",
    }
)
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"

_VARIABLE_NAME = re.compile(r"^[A-Z][A-Z0-9_]*$")
_ASSIGNMENT = re.compile(r"^([A-Z][A-Z0-9_]*)=(.*)$")
_FLAG = re.compile(r"^--?([A-Za-z][A-Za-z0-9_.-]*)(?:=(.*))?$")


class Elsewhere:
    """Replaces a value that another object contains (`valueFrom`)."""

    def __repr__(self) -> str:
        return "set from another object"


ELSEWHERE: Final = Elsewhere()


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One variable or flag. `name` is spelt like a variable (`LOG_LEVEL` for `--log-level` too); None if not known.

    `value` is text; UNKNOWN or SECRET; ELSEWHERE; or None for a flag without a value.
    """

    path: str
    name: str | None
    value: Any
    is_flag: bool = False

    @property
    def text(self) -> str | None:
        """The value where it can be read."""
        return self.value.strip() if isinstance(self.value, str) else None


def is_workload(node: Node) -> bool:
    """Whether the resource may start something."""
    return node.custom and (node.package == "kubernetes" or node.type in AWS_WORKLOADS)


def settings_of(node: Node) -> Iterator[Setting]:
    """Every variable and flag of a workload; a ConfigMap's keys too, where they are names of variables."""
    if not is_workload(node):
        return
    if node.type == CONFIG_MAP:
        yield from _config_map(node.inputs.get("data"))
    yield from _within(node.inputs, "")


def _config_map(data: Any) -> Iterator[Setting]:
    if isinstance(data, Mapping):
        for name, value in data.items():
            if _VARIABLE_NAME.match(name):
                yield Setting(path=f"data.{name}", name=name, value=value)


def _within(value: Any, path: str) -> Iterator[Setting]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            at = f"{path}.{key}" if path and not path.endswith("|") else f"{path}{key}"
            if key in VARIABLES:
                yield from _variables(inner, at)
            elif key in ARGUMENTS:
                yield from _arguments(inner, at)
            elif key in JSON_TEXTS:
                yield from _json(inner, at)
            else:
                yield from _within(inner, at)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _within(inner, f"{path}[{index}]")


def _json(value: Any, path: str) -> Iterator[Setting]:
    if value is UNKNOWN or value is SECRET:
        yield Setting(path=path, name=None, value=value)
        return
    try:
        yield from _within(json.loads(value), f"{path}|")
    except (TypeError, ValueError):
        yield Setting(path=path, name=None, value=UNKNOWN)


def _variables(value: Any, path: str) -> Iterator[Setting]:
    """A list of name and value, or a mapping; Lambda and CodeBuild wrap theirs once more."""
    if value is UNKNOWN or value is SECRET:
        yield Setting(path=path, name=None, value=value)
    elif isinstance(value, (list, tuple)):
        for index, entry in enumerate(value):
            yield from _entry(entry, f"{path}[{index}]")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name == "variables" or name in VARIABLES:
                yield from _variables(inner, f"{path}.{name}")
            elif isinstance(inner, (Mapping, list, tuple)):
                yield from _within(inner, f"{path}.{name}")
            else:
                yield Setting(path=f"{path}.{name}", name=name, value=_text(inner))


def _entry(entry: Any, path: str) -> Iterator[Setting]:
    if not isinstance(entry, Mapping):
        yield Setting(path=path, name=None, value=UNKNOWN)
        return
    name = entry.get("name")
    known = name if isinstance(name, str) else None
    if entry.get("valueFrom") is not None:
        yield Setting(path=f"{path}.valueFrom", name=known, value=ELSEWHERE)
    else:
        yield Setting(path=f"{path}.value", name=known, value=_text(entry.get("value")))


def _arguments(value: Any, path: str) -> Iterator[Setting]:
    """Flags with `=` or with the word that follows; a shell's command line is taken apart into its words."""
    if value is UNKNOWN or value is SECRET:
        yield Setting(path=path, name=None, value=value)
        return
    words: list[tuple[str, str]] = []
    listed: Sequence[Any] = value if isinstance(value, (list, tuple)) else [value]
    for index, each in enumerate(listed):
        at = f"{path}[{index}]" if isinstance(value, (list, tuple)) else path
        if isinstance(each, str):
            words += [(at, word.strip("'\"")) for word in each.split()]
        elif each is UNKNOWN or each is SECRET:
            yield Setting(path=at, name=None, value=each)
    for (at, word), (_, following) in pairwise([*words, ("", "")]):
        yield from _word(at, word, following)


def _word(path: str, word: str, following: str) -> Iterator[Setting]:
    if assigned := _ASSIGNMENT.match(word):
        yield Setting(path=path, name=assigned.group(1), value=assigned.group(2))
    elif flag := _FLAG.match(word):
        value = flag.group(2)
        if value is None and following and not following.startswith("-"):
            value = following
        name = re.sub(r"[.-]", "_", flag.group(1)).upper()
        yield Setting(path=path, name=name, value=value, is_flag=True)


def _text(value: Any) -> Any:
    if value is None or value is UNKNOWN or value is SECRET or isinstance(value, str):
        return "" if value is None else value
    return str(value).lower() if isinstance(value, bool) else str(value)
