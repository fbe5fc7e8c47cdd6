"""The result of parsing a sample, as readable text for review."""

from collections.abc import Iterator
from pathlib import Path

from codekeep_runtime.core.symbol import Reference
from codekeep_runtime.parse.language import language_of
from codekeep_runtime.parse.parser import parse

SAMPLES = Path(__file__).parent / "samples"
EXPECTED = Path(__file__).parent / "expected"


def described(sample: Path) -> str:
    text = sample.read_text("utf-8")
    language = language_of(sample.name, text[:512].encode())
    return "\n".join([f"language {language}", *_lines(sample.name, language, text)]) + "\n"


def _lines(name: str, language: str | None, text: str) -> Iterator[str]:
    parsed = parse(name, language, text)
    for definition in parsed.symbols.definitions:
        yield f"{definition.kind} {definition.qualified_name} {definition.start_line}-{definition.end_line}"
    for imported in parsed.symbols.imports:
        yield f"import {imported.module} {imported.name or '*'} as {imported.alias}, line {imported.line}"
    for reference in parsed.symbols.references:
        yield f"{reference.role} {_called(reference)} in {reference.enclosing or 'the file'}, line {reference.line}"
    for piece in parsed.pieces:
        yield f"piece {piece.start_line}-{piece.end_line} {piece.symbol} {piece.symbol_kind}".rstrip()


def _called(reference: Reference) -> str:
    return f"{reference.receiver}.{reference.name}" if reference.receiver else reference.name
