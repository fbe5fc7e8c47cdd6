"""Citation marks `[n]` in an answer's text, and which of them name a source."""

import re
from collections.abc import Callable

_MARK = re.compile(r"[ ]?\[(\d{1,9}(?:\s*,\s*\d{1,9})*)\]")
_FENCE = re.compile(r"\s{0,3}(`{3,})")


class CitationMarks:
    """Counts the numbers it drops, remembers those it keeps in the order in which they appear.

    Args:
        is_source: whether a number names a source that the reader may see now.
    """

    def __init__(self, is_source: Callable[[int], bool]) -> None:
        self._is_source = is_source
        self._fence = ""  # of the code block that the text is in: `[0]` is code there
        self._starts_line = True
        self.cited_numbers: dict[int, None] = {}
        self.dropped = 0

    def checked(self, text: str) -> str:
        """A sentence or line without the numbers that name no source."""
        fence = _FENCE.match(text) if self._starts_line else None
        self._starts_line = text.endswith("\n")
        if self._fence:
            if fence and len(fence[1]) >= len(self._fence):
                self._fence = ""
            return text
        if fence:
            self._fence = fence[1]
            return text
        return _MARK.sub(self._replaced, text)

    def _replaced(self, match: re.Match[str]) -> str:
        numbers = [int(number) for number in match[1].split(",")]
        good = [number for number in numbers if self._is_source(number)]
        self.dropped += len(numbers) - len(good)
        self.cited_numbers.update(dict.fromkeys(good))
        space = " " if match[0].startswith(" ") and good else ""
        return space + "".join(f"[{number}]" for number in good)
