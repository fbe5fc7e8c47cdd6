"""Test data from packages: functions without their docstrings, and the docstrings' first sentences as questions."""

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codekeep_runtime.core.chunk import Chunk, chunk_id
from codekeep_runtime.core.repository import Branch, RepositoryId

LEAST_WORDS = 4
MOST_CHARACTERS = 8_000  # of a function
NOT_OURS = {"tests", "test", "testing", "_vendor", "vendor", "conftest.py"}

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Function:
    chunk: Chunk
    sentence: str  # "" if the docstring is missing or too short


def functions(package: str, root: Path, most: int) -> list[Function]:
    """At most `most` functions of a package, chosen by a hash, so that every run has the same ones."""
    branch = Branch(RepositoryId("pypi.org", package, package), "main")
    found = [
        each
        for file in sorted(root.rglob("*.py"))
        if not NOT_OURS & set(file.relative_to(root).parts) and not file.name.startswith("test_")
        for each in _of_file(branch, root, file)
    ]
    return sorted(found, key=lambda each: hashlib.sha256(each.chunk.id.encode()).digest())[:most]


def questions(found: Sequence[Function]) -> dict[str, str]:
    """Maps each sentence that occurs once to the chunk id of its function."""
    shared = Counter(each.sentence.casefold() for each in found)
    return {each.sentence: each.chunk.id for each in found if each.sentence and shared[each.sentence.casefold()] == 1}


def _of_file(branch: Branch, root: Path, file: Path) -> Iterator[Function]:
    text = file.read_text("utf-8", "replace")
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    path, lines = file.relative_to(root).as_posix(), text.splitlines()
    for ordinal, (symbol, node) in enumerate(_walk(tree, "")):
        body = _without_docstring(node, lines)
        if body and len(body) <= MOST_CHARACTERS:
            yield Function(_chunk(branch, path, ordinal, symbol, node, body), first_sentence(ast.get_docstring(node)))


def _walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, _Function]]:
    """Qualified names and nodes of functions and methods; nested functions belong to the outer one."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _Function):
            yield f"{prefix}{child.name}", child
        elif isinstance(child, ast.ClassDef):
            yield from _walk(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.If | ast.Try):
            yield from _walk(child, prefix)


def _without_docstring(node: _Function, lines: list[str]) -> str:
    """The function's source without its docstring; "" if the body does nothing."""
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    docstring = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
    body = node.body[1:] if docstring else node.body
    if all(_does_nothing(each) for each in body):
        return ""
    if docstring is None:
        return "\n".join(lines[first - 1 : node.end_lineno])
    assert docstring.end_lineno is not None
    if docstring.lineno <= node.lineno or body[0].lineno == docstring.end_lineno:
        return ""  # the docstring shares its line with code
    return "\n".join(lines[first - 1 : docstring.lineno - 1] + lines[docstring.end_lineno : node.end_lineno])


def _does_nothing(node: ast.stmt) -> bool:
    """Whether the statement is `pass`, a constant, or raises NotImplementedError."""
    if isinstance(node, ast.Raise):
        return "NotImplemented" in ast.dump(node)
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _chunk(branch: Branch, path: str, ordinal: int, symbol: str, node: _Function, text: str) -> Chunk:
    blob = hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()
    return Chunk(
        id=chunk_id(branch, path, blob, ordinal),
        branch=branch,
        commit="0" * 40,
        path=path,
        blob=blob,
        ordinal=ordinal,
        language="python",
        start_line=node.lineno,
        end_line=node.end_lineno or node.lineno,
        symbol=symbol,
        symbol_kind="method" if "." in symbol else "function",
        imports=(),
        text=text,
    )


def first_sentence(docstring: str | None) -> str:
    """The first sentence of the first paragraph; "" if it has fewer than LEAST_WORDS words."""
    paragraph = " ".join((docstring or "").strip().split("\n\n")[0].split())
    sentence = re.split(r"(?<=[.!?])\s", paragraph)[0]
    return sentence if len(re.findall(r"[A-Za-z]{2,}", sentence)) >= LEAST_WORDS else ""
