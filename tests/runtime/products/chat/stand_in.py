"""A small real index with lexical retrieval, and an engine that writes a test's texts."""

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from codekeep_runtime.core.chunk import Chunk, chunk_id
from codekeep_runtime.core.reader import Reader, Scope
from codekeep_runtime.core.repository import Branch, RepositoryId
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.core.symbol import Definition, FileSymbols, Reference, ReferenceRole, SymbolKind
from codekeep_runtime.gateway.limits import Limits
from codekeep_runtime.gateway.reader_request import ReaderRequest
from codekeep_runtime.gateway.services import Services
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.index.interface import Hit, Narrowing
from codekeep_runtime.models.chat import EngineOutput
from codekeep_runtime.models.routes import Route, Routes
from codekeep_runtime.products.chat.prompt import Prompt

REPOSITORY = RepositoryId("github.com", "acme", "shop")
SCOPE = Scope("acme", "0" * 16, "shop", frozenset({REPOSITORY}))
INVOICE = "def total_of_invoice(lines):\n    '''Adds the tax to the price of each line.'''\n    return sum(lines)\n"
EVERYTHING = Narrowing()
MODEL = "acme/coder-7b"
ROUTE = Route(product="chat", model=MODEL, role="chat")


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


class FixedEngine:
    """An engine that writes fixed texts, with `{marker}` replaced by the request's marker."""

    context_tokens, answer_tokens = 8_000, 500

    def __init__(self, *texts: str) -> None:
        self._texts = texts
        self.prompts: list[Prompt] = []

    async def write(self, prompt: Prompt, model: str, cache_salt: str) -> AsyncGenerator[EngineOutput, None]:
        self.prompts.append(prompt)
        for text in self._texts:
            yield EngineOutput(text.replace("{marker}", prompt.marker))


@dataclass
class RevocableAccess:
    """Access that a test can revoke."""

    is_allowed: Callable[[], bool]

    def still_allows(self, reader: Reader, scope: Scope) -> bool:
        return self.is_allowed()


def request_of(scope: Scope, is_allowed: Callable[[], bool]) -> ReaderRequest:
    """A request of the scope's reader; its audit records are dropped."""
    services = Services(
        identity=None,
        access=RevocableAccess(is_allowed),
        retriever=None,
        symbols=None,
        chat=None,
        audit=lambda record: None,
        limits=Limits(requests_per_minute=1, tokens_per_day=1),
        ready=dict,
        routes=Routes([ROUTE]),
    )
    reader = Reader(scope.reader_id, "ann", frozenset())
    return ReaderRequest(services=services, reader=reader, scope=scope, request_id="1")
