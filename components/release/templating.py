"""YAML documents from the templates beside this file."""

import json
from functools import cache
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined


def yaml_template(name: str, **values: Any) -> Any:
    """The document `templates/<name>.yaml.j2`, filled in and parsed."""
    return yaml.safe_load(_environment().get_template(f"{name}.yaml.j2").render(**values))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("components.release"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - YAML, from our own values
    )
    environment.filters["cel"] = json.dumps  # literals of CEL are escaped like those of JSON
    return environment
