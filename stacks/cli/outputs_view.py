"""Prints a stack's outputs on a terminal, one line each."""

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

LONGEST_VALUE = 80


def show_outputs(console: Console, outputs: Mapping[str, Any]) -> None:
    """A long document is shortened to its keys; `codekeep outputs --json` prints all of it."""
    console.print("outputs", style="bold")
    width = max((len(name) for name in outputs), default=0)
    for name, value in sorted(outputs.items()):
        console.print(Text(f"  {name:<{width}}  {_shortened(value)}"))


def _shortened(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) <= LONGEST_VALUE:
        return text
    if isinstance(value, Mapping):
        return f"{{{', '.join(value)}}}"
    return f"{text[: LONGEST_VALUE - 1]}…"
