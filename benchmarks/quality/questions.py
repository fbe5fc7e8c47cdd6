"""The reviewed questions of questions.yaml, and the definitions that answer them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True)
class Repository:
    name: str
    version: str
    folder: str  # of the package's source


@dataclass(frozen=True)
class Definition:
    """A class or function that answers a question."""

    path: str
    symbol: str


@dataclass(frozen=True)
class Question:
    repository: Repository
    text: str
    definitions: tuple[Definition, ...]


def reviewed() -> list[Question]:
    document = yaml.safe_load(FILE.read_text())
    repositories = {name: Repository(name, **fields) for name, fields in document["repositories"].items()}
    return [
        Question(
            repositories[each["repository"]],
            each["question"],
            tuple(Definition(*pair) for answer in each["definitions"] for pair in answer.items()),
        )
        for each in document["questions"]
    ]


def lines_of(definition: Definition, source: Path) -> list[range]:
    """The lines of each definition of the name; there may be several, such as overloads.

    Raises:
        LookupError: the file has no definition of the name.
    """
    tree = ast.parse((source / definition.path).read_text("utf-8"))
    found = [lines for symbol, lines in _definitions(tree, "") if symbol == definition.symbol]
    if not found:
        raise LookupError(f"{definition.path} defines no {definition.symbol}")
    return found


def _definitions(node: ast.AST, prefix: str) -> Iterator[tuple[str, range]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{prefix}{child.name}"
            yield name, range(child.lineno, (child.end_lineno or child.lineno) + 1)
            yield from _definitions(child, f"{name}.")
        else:
            yield from _definitions(child, prefix)
