"""The Pulumi project around the working directory, and the configuration of its stacks."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stacks.cli.errors import BadInputError

PROJECT_FILE = "Pulumi.yaml"
STACK_NAME = re.compile(r"^[A-Za-z0-9_.-]{1,100}$")
Decrypt = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class StackConfig:
    """`Pulumi.<stack>.yaml` as the program gets it: full keys to strings, objects as JSON text."""

    path: Path
    values: Mapping[str, str]
    secret_keys: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Project:
    """A folder with a Pulumi.yaml."""

    root: Path
    name: str
    main: Path  # what Pulumi runs: a file, or a folder with a __main__.py

    @classmethod
    def find(cls, start: Path | None = None) -> "Project":
        """The project of a folder or of the nearest one above it; BadInputError where there is none."""
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / PROJECT_FILE).is_file():
                return cls._read(folder)
        raise BadInputError(f"no {PROJECT_FILE} in {start} or above it: run codekeep inside a checkout of the project")

    @classmethod
    def _read(cls, root: Path) -> "Project":
        document = read_yaml(root / PROJECT_FILE)
        name = document.get("name")
        if not isinstance(name, str) or not STACK_NAME.match(name):
            raise BadInputError(f"{root / PROJECT_FILE}: `name` must be letters, digits, '-', '_' or '.', got {name!r}")
        return cls(root=root, name=name, main=(root / str(document.get("main") or ".")).resolve())

    @property
    def program(self) -> Path:
        """`main`, for whoever runs it; BadInputError where it is not there."""
        if not self.main.exists():
            raise BadInputError(
                f"{self.root / PROJECT_FILE}: `main` must be the program's file or folder, and {self.main} is not "
                "there; run codekeep inside a checkout of the project"
            )
        return self.main

    @property
    def stacks(self) -> list[str]:
        """Names of the stacks that have a configuration file."""
        found = (path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in self.root.glob("Pulumi.*.yaml"))
        return sorted(name for name in found if STACK_NAME.match(name))

    def stack_file(self, stack: str) -> Path:
        """The stack's configuration file; BadInputError lists the stacks there are."""
        if stack not in self.stacks:
            there = ", ".join(self.stacks) or "none"
            raise BadInputError(
                f"no stack {stack!r}: {self.root} has no Pulumi.{stack}.yaml; stacks of this project: {there}"
            )
        return self.root / f"Pulumi.{stack}.yaml"

    def config(self, stack: str, decrypter: Callable[[str], Decrypt]) -> StackConfig:
        """Reads the stack's configuration; `decrypter` makes a decrypting function from the file's salt, if needed."""
        path = self.stack_file(stack)
        document = read_yaml(path)
        config = document.get("config") or {}
        if not isinstance(config, Mapping):
            raise BadInputError(f"{path}: `config` must be a mapping of keys to values, got {type(config).__name__}")
        reader = _ConfigReader(self.name, lambda: decrypter(str(document.get("encryptionsalt") or "")))
        values = {reader.full_key(key): reader.text(value) for key, value in config.items()}
        secrets = frozenset(reader.full_key(key) for key, value in config.items() if _holds_secret(value))
        return StackConfig(path=path, values=values, secret_keys=secrets)


class _ConfigReader:
    """One file's values, decrypted at the first need."""

    def __init__(self, project: str, decrypter: Callable[[], Decrypt]) -> None:
        self._project = project
        self._decrypter = decrypter
        self._decrypt: Decrypt | None = None

    def full_key(self, key: Any) -> str:
        return str(key) if ":" in str(key) else f"{self._project}:{key}"

    def text(self, value: Any) -> str:
        """Pulumi hands a program strings: numbers and booleans as written, objects as JSON."""
        opened = self._opened(value)
        return opened if isinstance(opened, str) else json.dumps(opened)

    def _opened(self, value: Any) -> Any:
        if _is_secure(value):
            self._decrypt = self._decrypt or self._decrypter()
            return self._decrypt(value["secure"])
        if isinstance(value, Mapping):
            return {key: self._opened(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._opened(inner) for inner in value]
        return value


def read_yaml(path: Path) -> Mapping[str, Any]:
    """A YAML mapping, read as YAML 1.2; BadInputError with the place and the remedy for anything else."""
    from stacks.spec.problems import SpecError
    from stacks.spec.source import read_document

    try:
        document = read_document(path)
    except SpecError as error:
        raise BadInputError(str(error)) from error
    if not isinstance(document, Mapping):
        raise BadInputError(f"{path}: expected keys and values, got {type(document).__name__}")
    return document


def _is_secure(value: Any) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"secure"} and isinstance(value["secure"], str)


def _holds_secret(value: Any) -> bool:
    if _is_secure(value):
        return True
    if isinstance(value, Mapping):
        return any(_holds_secret(inner) for inner in value.values())
    return isinstance(value, list) and any(_holds_secret(inner) for inner in value)
