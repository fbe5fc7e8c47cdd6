"""A small real index, lexical retrieval over it, and an engine that says what a test wants."""

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from codekeep_runtime.chat.engine import Piece
from codekeep_runtime.chat.prompt import Prompt
from codekeep_runtime.core.chunk import Chunk, chunk_id
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import Branch, RepositoryId
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.core.symbol import Definition, FileSymbols, Reference, ReferenceRole, SymbolKind
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.index.interface import Hit, Narrowing

REPOSITORY = RepositoryId("github.com", "acme", "shop")
SCOPE = Scope("acme", "0" * 16, "shop", frozenset({REPOSITORY}))
INVOICE = "def total_of_invoice(lines):\n    '''Adds the tax to the price of each line.'''\n    return sum(lines)\n"
EVERYTHING = Narrowing()


def index_of(folder: Path, files: dict[str, str], repository: RepositoryId = REPOSITORY) -> EmbeddedIndex:
    index = EmbeddedIndex.open(folder, "acme", "static-1", 4)
    branch = Branch(repository, "main")
    index.write(branch, [_file(branch, path, text) for path, text in files.items()])
    return index


def _file(branch: Branch, path: str, text: str) -> SourceFile:
    chunk = Chunk(
        id=chunk_id(branch, path, "b" * 40, 0),
        branch=branch,
        commit="c" * 40,
        path=path,
        blob="b" * 40,
        ordinal=0,
        language="python",
        start_line=1,
        end_line=text.count("\n"),
        symbol="",
        symbol_kind="",
        imports=(),
        text=text,
    )
    return SourceFile(
        path=path, blob="b" * 40, language="python", size=len(text), chunks=(chunk,), symbols=_symbols(text)
    )


def _symbols(text: str) -> FileSymbols:
    """`def` lines are definitions, `name(` elsewhere are calls."""
    definitions, references = [], []
    for line, content in enumerate(text.splitlines(), start=1):
        if defined := re.match(r"def (\w+)", content):
            definitions.append(Definition(defined[1], defined[1], SymbolKind.FUNCTION, line, line))
        else:
            references += [Reference(name, ReferenceRole.CALL, line, "") for name in re.findall(r"(\w+)\(", content)]
    return FileSymbols(tuple(definitions), tuple(references))


class Lexical:
    def __init__(self, index: EmbeddedIndex) -> None:
        self._index = index

    def search(self, scope: Scope, text: str, k: int, narrowing: Narrowing = EVERYTHING) -> Sequence[Hit]:
        return self._index.lexical(scope, text, k, narrowing)


class Says:
    """`{marker}` in a text stands for the request's marker."""

    name, context_tokens, answer_tokens = "says", 8_000, 500

    def __init__(self, *texts: str) -> None:
        self._texts = texts
        self.prompts: list[Prompt] = []

    async def write(self, prompt: Prompt, cache_salt: str) -> AsyncIterator[Piece]:
        self.prompts.append(prompt)
        for text in self._texts:
            yield Piece(text.replace("{marker}", prompt.marker))
