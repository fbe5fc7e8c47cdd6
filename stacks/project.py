"""The Pulumi project around the working directory, and the configuration of its stacks."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codekeep_contracts.faults import UsageFault

from stacks.spec.source import read_document

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
        """Finds the project of a folder, or of the nearest folder above it.

        Raises:
            UsageFault: there is none, or its Pulumi.yaml has no valid name.
        """
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / PROJECT_FILE).is_file():
                return cls._read(folder)
        raise UsageFault(f"no {PROJECT_FILE} in {start} or above it: run codekeep inside a checkout of the project")

    @classmethod
    def find_or_none(cls) -> "Project | None":
        """Finds the project around the working directory; None if there is no valid one."""
        try:
            return cls.find()
        except UsageFault:
            return None

    @classmethod
    def _read(cls, root: Path) -> "Project":
        document = read_yaml(root / PROJECT_FILE)
        name = document.get("name")
        if not isinstance(name, str) or not STACK_NAME.match(name):
            raise UsageFault(f"{root / PROJECT_FILE}: `name` must be letters, digits, '-', '_' or '.', got {name!r}")
        return cls(root=root, name=name, main=(root / str(document.get("main") or ".")).resolve())

    @property
    def program(self) -> Path:
        """`main`, once it is known to exist.

        Raises:
            UsageFault: it does not exist.
        """
        if not self.main.exists():
            raise UsageFault(
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
        """The stack's configuration file.

        Raises:
            UsageFault: there is none; the message lists the stacks of the project.
        """
        if stack not in self.stacks:
            known = ", ".join(self.stacks) or "none"
            raise UsageFault(
                f"no stack {stack!r}: {self.root} has no Pulumi.{stack}.yaml; stacks of this project: {known}"
            )
        return self.root / f"Pulumi.{stack}.yaml"

    def raw_config(self, stack: str) -> Mapping[str, Any]:
        """The stack's configuration as its file has it, keys not completed and secrets encrypted.

        Raises:
            UsageFault: there is no such stack, or its file cannot be read.
        """
        path = self.stack_file(stack)
        config = read_yaml(path).get("config") or {}
        if not isinstance(config, Mapping):
            raise UsageFault(f"{path}: `config` must be a mapping of keys to values, got {type(config).__name__}")
        return config

    def config(self, stack: str, decrypter: Callable[[str], Decrypt]) -> StackConfig:
        """The stack's configuration as its program gets it.

        Args:
            decrypter: makes a decrypting function from the file's salt; called only where a value is encrypted.
        """
        path, config = self.stack_file(stack), self.raw_config(stack)
        keys = {key: str(key) if ":" in str(key) else f"{self.name}:{key}" for key in config}
        secrets = frozenset(full for key, full in keys.items() if any(_ciphertexts(config[key])))
        decrypt = decrypter(str(read_yaml(path).get("encryptionsalt") or "")) if secrets else str
        values = {full: _as_text(_decrypted(config[key], decrypt)) for key, full in keys.items()}
        return StackConfig(path=path, values=values, secret_keys=secrets)


def read_yaml(path: Path) -> Mapping[str, Any]:
    """A mapping in a file of YAML 1.2.

    Raises: UsageFault: the file cannot be read or contains something else; with the place and the remedy.
    """
    document = read_document(path)
    if not isinstance(document, Mapping):
        raise UsageFault(f"{path}: expected keys and values, got {type(document).__name__}")
    return document


def _as_text(value: Any) -> str:
    """Pulumi hands a program strings: numbers and booleans as written, objects as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _is_ciphertext(value: Any) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"secure"} and isinstance(value["secure"], str)


def _decrypted(value: Any, decrypt: Decrypt) -> Any:
    if _is_ciphertext(value):
        return decrypt(value["secure"])
    if isinstance(value, Mapping):
        return {key: _decrypted(inner, decrypt) for key, inner in value.items()}
    return [_decrypted(inner, decrypt) for inner in value] if isinstance(value, list) else value


def _ciphertexts(value: Any) -> Iterator[str]:
    if _is_ciphertext(value):
        yield value["secure"]
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _ciphertexts(inner)
