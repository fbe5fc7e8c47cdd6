"""The console that all commands print to."""

from rich.console import Console


def console() -> Console:
    """Lines are never cut; `aws:x:Y` is a type token and no emoji."""
    return Console(soft_wrap=True, emoji=False, highlight=False, markup=False)
