"""A parser that splits at blank lines, and files that make it fail."""

import os
import time
from typing import NamedTuple

from codekeep_runtime.core.symbol import Definition, FileSymbols, Import, SymbolKind


class Piece(NamedTuple):
    start_line: int
    end_line: int
    symbol: str
    symbol_kind: str
    text: str


class Parsed(NamedTuple):
    pieces: tuple[Piece, ...]
    symbols: FileSymbols


def parse_lines(path: str, head: bytes, text: str) -> tuple[str, Parsed]:
    if "RAISE" in text:
        raise ValueError(text)
    if "DIE" in text:
        os._exit(9)
    if "HANG" in text:
        time.sleep(60)
    lines = text.split("\n")
    pieces = tuple(
        Piece(start + 1, min(start + 20, len(lines)), "", "", "\n".join(lines[start : start + 20]))
        for start in range(0, len(lines), 20)
    )
    definitions = tuple(
        Definition(name, name, SymbolKind.FUNCTION, number, number)
        for number, line in enumerate(lines, 1)
        if line.startswith("def ") and (name := line[4:].partition("(")[0])
    )
    return "python", Parsed(pieces, FileSymbols(definitions, (), (Import("os", "", "os", 1),)))


def parse_other(path: str, head: bytes, text: str) -> tuple[str, Parsed]:
    language, parsed = parse_lines(path, head, text)
    return language, Parsed(parsed.pieces[:1], parsed.symbols)
