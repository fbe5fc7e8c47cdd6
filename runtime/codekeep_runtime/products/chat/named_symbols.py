"""Finds chunks of the symbols that a question names: where each is defined, then who calls it."""

import re
from collections.abc import Iterator

from codekeep_runtime.core import Branch, Chunk, ReferenceRole, Scope
from codekeep_runtime.index.interface import IndexReader

NAMES_MAX = 5
DEFINITIONS_MAX = 3  # of one name; a name with more says little
CALLERS_MAX = 3
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_QUOTED = re.compile(r"`([^`\s]{1,200})`")


def named_symbols(question: str) -> tuple[str, ...]:
    """Identifiers in the question that cannot be plain words: with an underscore, a dot or an inner capital, or in
    backticks.
    """
    found = [
        name
        for name in _IDENTIFIER.findall(question)
        if "_" in name or "." in name or re.search(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]", name)
    ]
    return tuple(dict.fromkeys([*_QUOTED.findall(question), *found]))[:NAMES_MAX]


def named_chunks(index: IndexReader, scope: Scope, question: str) -> Iterator[Chunk]:
    for name in named_symbols(question):
        for found in index.definitions(scope, name)[:DEFINITIONS_MAX]:
            yield from _at(index, scope, found.branch, found.path, found.definition.start_line)
        references = index.references(scope, name.rpartition(".")[2])
        calls = [each for each in references if each.reference.role is ReferenceRole.CALL]
        for call in calls[:CALLERS_MAX]:
            yield from _at(index, scope, call.branch, call.path, call.reference.line)


def _at(index: IndexReader, scope: Scope, branch: Branch, path: str, line: int) -> Iterator[Chunk]:
    return (chunk for chunk in index.file(scope, branch, path) if chunk.start_line <= line <= chunk.end_line)
