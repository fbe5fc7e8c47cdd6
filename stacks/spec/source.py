"""Reads YAML files with the types that JSON has: a spec alone, or a stack's configuration."""

import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from stacks.spec.problems import Problem, SpecError

LARGEST_FILE: Final = 4 * 1024 * 1024
TENANT_KEY: Final = "codekeep:tenant"
PLATFORM_KEY: Final = "codekeep:platform"


class _Loader(yaml.SafeLoader):
    """YAML 1.2's core types only, as Pulumi reads its files: `no` is text, 012 is not octal, a date stays text.

    A repeated key is refused: plain YAML would silently keep the last one.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _refusal("a key must be a single word, not a list or mapping", key)
            if key.value == "<<":
                raise _refusal("merge keys (<<) are not part of YAML 1.2", key)
            if key.value in seen:
                raise _refusal(f"key {key.value!r} is given twice, first in line {seen[key.value]}", key)
            seen[key.value] = key.start_mark.line + 1
        return super().construct_mapping(node, deep=True)


_Loader.yaml_implicit_resolvers = {}  # without those of YAML 1.1
_SIGNED = list("-0123456789")
_NULL = re.compile(r"^(~|null|Null|NULL|)$")
_BOOL = re.compile(r"^(true|True|TRUE|false|False|FALSE)$")
_INT = re.compile(r"^(0|-?[1-9][0-9]*)$")
_FLOAT = re.compile(r"^-?(0|[1-9][0-9]*)(\.[0-9]+([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)$")
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", _NULL, ["~", "n", "N", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOL, list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INT, _SIGNED)
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, _SIGNED)


def read_document(path: Path) -> Any:
    """The file's content, not checked yet.

    Raises:
        SpecError: the file is missing, unreadable, empty, too large, or no YAML.
    """
    content = _read(path)
    try:
        document = yaml.load(content, Loader=_Loader)  # noqa: S506 - a SafeLoader with fewer types
    except yaml.YAMLError as error:
        raise SpecError([_syntax_problem(path, error)]) from error
    except (ValueError, RecursionError, OverflowError, AttributeError, TypeError) as error:
        got = f"YAML that cannot be read ({type(error).__name__})"
        raise _file_error(path, got, "plain YAML values, not deeply nested", "simplify it") from error
    if document is None:
        raise _file_error(path, "an empty file", "a YAML mapping", "write the spec, or restore it")
    return document


def spec_key(document: Any) -> str | None:
    """`codekeep:tenant` or `codekeep:platform`, whichever is in a stack's configuration."""
    config = document.get("config") if isinstance(document, Mapping) else None
    keys = [key for key in (TENANT_KEY, PLATFORM_KEY) if isinstance(config, Mapping) and key in config]
    return keys[0] if keys else None


def is_stack_file(path: Path, document: Any) -> bool:
    """Whether the file is a `Pulumi.<stack>.yaml`, by its name or by its `config`."""
    named = path.name.startswith("Pulumi.") and path.suffix in {".yaml", ".yml"}
    return named or (isinstance(document, Mapping) and isinstance(document.get("config"), Mapping))


def _read(path: Path) -> str:
    if not path.exists():
        raise _file_error(path, "no such file", "an existing YAML file", "check the path, or the stack's name")
    if not path.is_file():
        raise _file_error(path, "something that is no file", "a YAML file", "name the file itself")
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise _file_error(path, f"{size} bytes", f"at most {LARGEST_FILE} bytes", "check that this is the spec")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _file_error(path, "bytes that are not UTF-8", "UTF-8 text", "save the file as UTF-8") from error
    except OSError as error:
        raise _file_error(path, str(error.strerror), "a readable file", "check its permissions") from error


def _syntax_problem(path: Path, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    problem = str(getattr(error, "problem", None) or str(error).splitlines()[0])
    remedy = "remove one of the two" if "given twice" in problem else "correct the YAML at that place"
    allowed = "well-formed YAML with each key once"
    return Problem(path=place, got=problem, allowed=allowed, remedy=remedy, source=str(path))


def _refusal(problem: str, node: yaml.Node) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _file_error(path: Path, got: str, allowed: str, remedy: str) -> SpecError:
    return SpecError([Problem(path="", got=got, allowed=allowed, remedy=remedy, source=str(path))])
