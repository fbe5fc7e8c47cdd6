"""Prints results in a terminal and as JSON."""

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from codekeep_runtime.core import Chunk
    from codekeep_runtime.index.interface import FoundDefinition, FoundReference


def print_json(value: Any) -> None:
    """Prints one JSON document on standard output."""
    click.echo(json.dumps(value, indent=1, default=str))


def print_result(value: Any, text: str, *, as_json: bool) -> None:
    """Prints a result as JSON or as text."""
    if as_json:
        print_json(value)
    else:
        click.echo(text)


def printable(text: str) -> str:
    """Replaces control characters, since a file may contain sequences that control the terminal."""
    return "".join(each if each.isprintable() or each in "\n\t" else "�" for each in text)


def position(chunk: "Chunk") -> str:
    return printable(f"{chunk.branch.repository.key} {chunk.path}:{chunk.start_line}-{chunk.end_line}")


def excerpt(chunk: "Chunk", lines: int) -> str:
    shown = chunk.text.splitlines()
    numbered = [f"{number:>5}  {printable(line)}" for number, line in enumerate(shown[:lines], chunk.start_line)]
    if len(shown) > lines:
        numbered.append(f"     … {len(shown) - lines} more lines")
    return "\n".join(numbered)


def definition_line(found: "FoundDefinition") -> str:
    each = found.definition
    return printable(f"{found.branch.repository.key} {found.path}:{each.start_line}  {each.kind} {each.qualified_name}")


def reference_line(found: "FoundReference") -> str:
    each = found.reference
    inside = f" in {each.enclosing}" if each.enclosing else ""
    return printable(f"{found.branch.repository.key} {found.path}:{each.line}  {each.role} {each.name}{inside}")
