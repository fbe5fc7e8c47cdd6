"""The reviewed questions of questions.yaml, and where in the source their answers stand."""

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
class Place:
    """A definition in a file."""

    path: str
    symbol: str


@dataclass(frozen=True)
class Question:
    repository: Repository
    text: str
    places: tuple[Place, ...]


def reviewed() -> list[Question]:
    given = yaml.safe_load(FILE.read_text())
    repositories = {name: Repository(name, **fields) for name, fields in given["repositories"].items()}
    return [
        Question(
            repositories[each["repository"]],
            each["question"],
            tuple(Place(path, symbol) for place in each["places"] for path, symbol in place.items()),
        )
        for each in given["questions"]
    ]


def lines_of(place: Place, source: Path) -> list[range]:
    """Each definition of that name, for a name may have several (overloads, by platform).

    Raises:
        LookupError: there is none.
    """
    tree = ast.parse((source / place.path).read_text("utf-8"))
    found = [lines for symbol, lines in _definitions(tree, "") if symbol == place.symbol]
    if not found:
        raise LookupError(f"{place.path} defines no {place.symbol}")
    return found


def _definitions(node: ast.AST, prefix: str) -> Iterator[tuple[str, range]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{prefix}{child.name}"
            yield name, range(child.lineno, (child.end_lineno or child.lineno) + 1)
            yield from _definitions(child, f"{name}.")
        else:
            yield from _definitions(child, prefix)
