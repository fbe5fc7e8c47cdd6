"""Entry point of this package: parses text into pieces and symbols."""

from typing import NamedTuple

from codekeep_runtime.core import FileSymbols
from codekeep_runtime.parse.breaks import indent_breaks, syntax_breaks
from codekeep_runtime.parse.cut import cut
from codekeep_runtime.parse.grammar import grammar_of
from codekeep_runtime.parse.outline import outline
from codekeep_runtime.parse.piece import Piece
from codekeep_runtime.parse.syntax import read_tree

PARSER_VERSION = 1  # 1: first
CHUNKER_VERSION = 1  # 1: first
_DEEP = 1_000  # brackets; a query takes quadratic time in the depth, and such files are generated


class ParsedFile(NamedTuple):
    pieces: tuple[Piece, ...]
    symbols: FileSymbols


def parse(path: str, language: str | None, text: str) -> ParsedFile:
    """Parses any text: what a grammar does not understand is cut by its indentation.

    Args:
        path: within the repository.
        language: from `language_of`, or None.
        text: as it is shown; lines end with a line feed.
    """
    del path
    lines = text.removesuffix("\n").split("\n")
    source = text.encode("utf-8", "replace")
    grammar = grammar_of(language) if language else None
    if grammar is None or _is_deep(source):
        blocks = outline(language or "", lines)
        symbols = FileSymbols(tuple(block.definition() for block in blocks))
        return ParsedFile(cut(lines, blocks, indent_breaks(lines)), symbols)
    root = grammar.parser.parse(source).root_node
    blocks, symbols = read_tree(grammar, root, source)
    return ParsedFile(cut(lines, blocks, syntax_breaks(root)), symbols)


def _is_deep(source: bytes) -> bool:
    """A fast check of brackets only. Other deep files end with the time limit of the worker."""
    return any(
        opening * _DEEP in source or source.count(opening) - source.count(closing) >= _DEEP
        for opening, closing in ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
    )
