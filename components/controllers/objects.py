"""Reads what rendering.py wrote, and registers it: every object is a resource of its own, judged like ours."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pulumi
import yaml

HERE = Path(__file__).parent
Object = Mapping[str, Any]
_PLACEHOLDER = re.compile(r"\$\{([a-z]+)\}")


@cache
def rendered(chart: str) -> tuple[Object, ...]:
    """A chart's objects, without its definitions."""
    text = (HERE / "rendered" / f"{chart}.yaml").read_text(encoding="utf-8")
    return tuple(yaml.load_all(text, yaml.CSafeLoader))


@cache
def definition(name: str) -> Object:
    """A custom resource definition, by its name."""
    found: Object = json.loads((HERE / "definitions" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def definition_paths() -> Iterator[Path]:
    """The files of all definitions."""
    yield from sorted((HERE / "definitions").glob("*.json"))


def filled(value: Any, values: Mapping[str, pulumi.Input[str]], images: Mapping[str, pulumi.Input[str]]) -> Any:
    """The value with the placeholders filled in, and each image in place of the chart's."""
    if isinstance(value, Mapping):
        return {key: filled(inner, values, images) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(each, values, images) for each in value]
    if not isinstance(value, str):
        return value
    if value in images:
        return images[value]
    parts = _PLACEHOLDER.split(value)  # text and names in turn
    if len(parts) == 1:
        return value
    return pulumi.Output.concat(*(values[part] if odd % 2 else part for odd, part in enumerate(parts)))


class KubernetesObject(pulumi.CustomResource):
    """One object as it is written, of whatever kind."""

    def __init__(self, name: str, written: Object, opts: pulumi.ResourceOptions) -> None:
        group = written["apiVersion"]
        token = f"kubernetes:{group if '/' in group else f'core/{group}'}:{written['kind']}"
        pinned = pulumi.ResourceOptions(version=version("pulumi-kubernetes"))
        super().__init__(token, name, dict(written), pulumi.ResourceOptions.merge(opts, pinned))
