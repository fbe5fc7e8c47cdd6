"""Finds the class of a type token or function in services/; modules are imported on first use."""

import importlib
import pkgutil
from functools import cache, lru_cache
from typing import Any

from awsread.schema import nearest, schema_of
from sandbox.aws import services
from sandbox.aws.errors import UnknownTypeError
from sandbox.aws.resource import Function, Resource

SHARED = {
    "cloudwatch": ("cloudwatch", "logs", "events"),
    "route53": ("route53", "resolver"),
    "vpc": ("vpc", "ec2"),
    "ec2": ("ec2", "vpc"),
    "index": ("account",),
}
"""Folder of a type token → first words of the modules that may have it; by default the folder's name."""


def resource_for(token: str) -> Resource:
    """The resource type of a token.

    Raises:
        UnknownTypeError: the official provider has no such type, or only the sandbox lacks it; the message says which.
    """
    for module in _modules(token):
        found = _resources(module).get(token)
        if found is not None:
            return found
    schema_of(token)  # raises for a type that the official provider lacks too
    raise UnknownTypeError(
        f"{token}: the official provider has this type, the sandbox has not{nearest(token, all_tokens())}"
    )


def function_for(token: str) -> Function:
    """The function (invoke) of a token."""
    for module in _modules(token):
        found = _functions(module).get(token)
        if found is not None:
            return found
    known = [token for module in _names() for token in _functions(module)]
    raise UnknownTypeError(f"{token}: the sandbox has no such function{nearest(token, known)}")


@lru_cache(maxsize=1)
def all_tokens() -> tuple[str, ...]:
    """Every type the stand-in has; imports all service modules."""
    return tuple(sorted(token for module in _names() for token in _resources(module)))


def is_recorded(token: str) -> bool:
    """Whether resources of the type exist in the ledger only, and not in moto."""
    return not token.startswith("aws:") or (token in all_tokens() and resource_for(token).recorded)


def _modules(token: str) -> list[str]:
    parts = token.split(":")
    folder = parts[1].partition("/")[0] if len(parts) == 3 else ""
    return [name for stem in SHARED.get(folder, (folder,)) for name in _named(stem)]


def _named(stem: str) -> list[str]:
    """Modules called `stem` or `stem_...`, the plain one first."""
    return [name for name in _names() if name == stem or name.startswith(f"{stem}_")]


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    return tuple(sorted(item.name for item in pkgutil.iter_modules(services.__path__)))


@cache
def _resources(module: str) -> dict[str, Resource]:
    classes = (item for item in vars(_load(module)).values() if isinstance(item, type) and issubclass(item, Resource))
    return {each.token: each() for each in classes if each.__module__.endswith(f".{module}") and "token" in vars(each)}


@cache
def _functions(module: str) -> dict[str, Function]:
    return dict(getattr(_load(module), "FUNCTIONS", {}))


def _load(module: str) -> Any:
    return importlib.import_module(f"{services.__name__}.{module}")
