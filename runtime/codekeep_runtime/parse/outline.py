"""Structure of documents and configuration: headings, keys, stages, tables. One pass over the lines of any text."""

import re
from collections.abc import Callable, Iterator, Sequence

from codekeep_runtime.core import SymbolKind
from codekeep_runtime.parse.block import Block

Start = tuple[int, int, str]  # row, depth, name
_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_YAML_KEY = re.compile(r"(\s*)(?:- )?([\w./$@\"'-][^:#\n]{0,80}?)\s*:(?:\s|$)")
_JSON_KEY = re.compile(r"(\s*)\"([^\"\n]{1,80})\"\s*:")
_STAGE = re.compile(r"\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_TABLE = re.compile(r"\s*\[+\s*([^\]\n]{1,120}?)\s*\]+\s*(?:[#;].*)?$")
_LEVELS = 2  # of keys that are sections


def outline(language: str, lines: Sequence[str]) -> list[Block]:
    """Sections of the file; none for other languages."""
    starts = _STARTS.get(language)
    return list(_blocks(list(starts(lines)), len(lines))) if starts else []


def _blocks(starts: Sequence[Start], rows: int) -> Iterator[Block]:
    """A section ends before the next one at its depth or above."""
    ends: list[int] = []
    following: list[tuple[int, int]] = []  # (depth, row) of starts further down, a stack
    for row, depth, _ in reversed(starts):
        while following and following[-1][0] > depth:
            following.pop()
        ends.append((following[-1][1] if following else rows) - 1)
        following.append((depth, row))
    outer: list[tuple[int, str]] = []
    for (row, depth, name), end in zip(starts, reversed(ends), strict=True):
        while outer and outer[-1][0] >= depth:
            outer.pop()
        qualified = f"{outer[-1][1]}.{name}" if outer else name
        outer.append((depth, qualified))
        yield Block(row, end, name, qualified, SymbolKind.SECTION)


def _headings(lines: Sequence[str]) -> Iterator[Start]:
    fenced = ""
    for row, line in enumerate(lines):
        if fence := _FENCE.match(line):
            fenced = "" if fenced == fence[1] else fenced or fence[1]
        elif not fenced and (heading := _HEADING.match(line)):
            yield row, len(heading[1]), heading[2]


def _keys(pattern: re.Pattern[str]) -> Callable[[Sequence[str]], Iterator[Start]]:
    def starts(lines: Sequence[str]) -> Iterator[Start]:
        """Keys at the two outermost indents."""
        indents: list[int] = []
        for row, line in enumerate(lines):
            key = pattern.match(line)
            if not key:
                continue
            indent = len(key[1])
            if indent not in indents:
                if len(indents) == _LEVELS and indent > indents[-1]:
                    continue
                indents = sorted([*indents, indent])[:_LEVELS]
            if indent in indents:
                yield row, indents.index(indent), key[2].strip("\"' ")

    return starts


def _stages(lines: Sequence[str]) -> Iterator[Start]:
    for row, line in enumerate(lines):
        if stage := _STAGE.match(line):
            yield row, 0, stage[2] or stage[1]


def _tables(lines: Sequence[str]) -> Iterator[Start]:
    for row, line in enumerate(lines):
        if table := _TABLE.match(line):
            yield row, 0, table[1]


_STARTS: dict[str, Callable[[Sequence[str]], Iterator[Start]]] = {
    "markdown": _headings,
    "yaml": _keys(_YAML_KEY),
    "json": _keys(_JSON_KEY),
    "dockerfile": _stages,
    "toml": _tables,
}
