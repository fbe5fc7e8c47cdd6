"""The console that all commands print to."""

from rich.console import Console


def console() -> Console:
    """Long lines are not cut, and `aws:x:Y` is a type token, not an emoji."""
    return Console(soft_wrap=True, emoji=False, highlight=False, markup=False)
