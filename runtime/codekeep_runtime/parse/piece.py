"""A piece of a file."""

from typing import NamedTuple


class Piece(NamedTuple):
    """Lines are 1-based and inclusive; every line of a file is in exactly one piece."""

    start_line: int
    end_line: int
    symbol: str  # qualified name of the piece or of what encloses it, "" at the top of a file
    symbol_kind: str
    text: str
