"""The numbers in an answer's text, and which of them name something."""

import re
from collections.abc import Callable

_MARK = re.compile(r"[ ]?\[(\d{1,9}(?:\s*,\s*\d{1,9})*)\]")
_FENCE = re.compile(r"\s{0,3}(`{3,})")


class Marks:
    """Counts what it drops; remembers what it keeps, in the order of appearance.

    Args:
        holds: whether a source's number names a chunk that the reader may see now.
    """

    def __init__(self, holds: Callable[[int], bool]) -> None:
        self._holds = holds
        self._fence = ""  # that the text stands in: `[0]` is code there
        self._starts_line = True
        self.kept: dict[int, None] = {}
        self.dropped = 0

    def check(self, text: str) -> str:
        """A sentence or line without the numbers that name nothing."""
        fence = _FENCE.match(text) if self._starts_line else None
        self._starts_line = text.endswith("\n")
        if self._fence:
            if fence and len(fence[1]) >= len(self._fence):
                self._fence = ""
            return text
        if fence:
            self._fence = fence[1]
            return text
        return _MARK.sub(self._judged, text)

    def _judged(self, match: re.Match[str]) -> str:
        numbers = [int(number) for number in match[1].split(",")]
        good = [number for number in numbers if self._holds(number)]
        self.dropped += len(numbers) - len(good)
        self.kept.update(dict.fromkeys(good))
        space = " " if match[0].startswith(" ") and good else ""
        return space + "".join(f"[{number}]" for number in good)
