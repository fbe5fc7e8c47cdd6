"""Outputs on a terminal: short values beside their names, long ones as JSON below."""

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

SHORT = 80


def show_outputs(console: Console, outputs: Mapping[str, Any]) -> None:
    """Names in bold; a long document is cut to its keys, `codekeep outputs --json` prints it whole."""
    console.print("outputs", style="bold")
    width = max((len(name) for name in outputs), default=0)
    for name, value in sorted(outputs.items()):
        console.print(Text(f"  {name:<{width}}  {_shown(value)}"))


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) <= SHORT:
        return text
    if isinstance(value, Mapping):
        return f"{{{', '.join(value)}}}"
    return f"{text[: SHORT - 1]}…"
