"""A language's parser and query. Loaded once per process, when it is first needed."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tree_sitter import Parser, Query, QueryCursor

# Languages with a grammar and a query; outline.py reads the structure of others.
GRAMMARS = frozenset(
    {"python", "typescript", "tsx", "javascript", "java", "kotlin", "scala", "go", "rust"}
) | frozenset({"c", "cpp", "csharp", "ruby", "php", "bash", "sql"})
# Query files of languages that have several; the first pattern that matches a name counts.
_PARTS = {
    "javascript": ("javascript", "ecmascript", "jsx"),
    "typescript": ("typescript", "ecmascript"),
    "tsx": ("typescript", "ecmascript", "jsx"),
    "cpp": ("cpp", "c"),
}
# Captures that say what a pattern finds; others (`name`, `owner`, `alias`) are parts of it.
_MARK = re.compile(
    r"@(function|method|class|interface|enum|type|module|field|variable|scope|import|call|inherit|use|argument)\b"
)


@dataclass(frozen=True)
class Grammar:
    """`marks` contains, for each pattern of the query, the capture that says what it finds."""

    parser: Parser
    cursor: QueryCursor
    marks: tuple[str, ...]


@cache
def grammar_of(language: str) -> Grammar | None:
    """The grammar of a language; None for a language without one."""
    if language not in GRAMMARS:
        return None
    from tree_sitter_language_pack import get_language

    # The pack declares its languages as a `Literal`; tests load each of ours.
    known = get_language(language)  # type: ignore[arg-type]
    queries = files("codekeep_runtime.parse") / "queries"
    text = "\n".join((queries / f"{part}.scm").read_text("utf-8") for part in _PARTS.get(language, (language,)))
    query = Query(known, text)
    return Grammar(Parser(known), QueryCursor(query), _marks(query, text.encode()))


def _marks(query: Query, text: bytes) -> tuple[str, ...]:
    starts = [query.start_byte_for_pattern(each) for each in range(query.pattern_count)]
    patterns = [text[start:end].decode() for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    return tuple(_MARK.findall(pattern)[-1] for pattern in patterns)
