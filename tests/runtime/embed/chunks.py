"""Chunks to embed."""

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.repository import Branch, RepositoryId


def chunk(text: str, path: str = "src/http/retryPolicy.py", symbol: str = "RetryPolicy.next_delay") -> Chunk:
    return Chunk(
        id="0" * 32,
        branch=Branch(RepositoryId("git.example", "acme", "shop"), "main"),
        commit="0" * 40,
        path=path,
        blob="1" * 40,
        ordinal=0,
        language="python",
        start_line=1,
        end_line=1 + text.count("\n"),
        symbol=symbol,
        symbol_kind="method",
        imports=(),
        text=text,
    )
