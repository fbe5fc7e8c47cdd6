"""Cuts a file into pieces of bounded size, along its blocks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from codekeep_runtime.core import SymbolKind
from codekeep_runtime.parse.block import CONTAINERS, Block
from codekeep_runtime.parse.breaks import Depths
from codekeep_runtime.parse.piece import Piece

MAX_PIECE = 1_800  # characters, about 45 lines; a longer line is one piece
MAX_CONTAINER = 900  # characters; a larger class or section is cut into its members
SMALL, MAX_JOINED = 160, 600  # characters; neighbours smaller than SMALL are joined up to MAX_JOINED
_LEADING = re.compile(r"\s*(?:#(?!include|define|if|endif|else|elif|undef|pragma)|//|/?\*|@|\[|--|template\b|<!--)")
_CLOSING = re.compile(r"[\s\])};,]*(?:end|fi|done|esac)?[\s\])};,]*$")
_PARENTS = CONTAINERS | {SymbolKind.MODULE, SymbolKind.SECTION}

Span = tuple[int, int, Block | None]  # first row, row after the last, and the block that it is part of


def cut(lines: Sequence[str], blocks: Sequence[Block], depths: Depths) -> tuple[Piece, ...]:
    """Puts every line into exactly one piece, in order; no pieces for a file of blank lines."""
    return _Cutter(lines, depths).pieces(blocks)


class _Cutter:
    def __init__(self, lines: Sequence[str], depths: Depths) -> None:
        self._lines, self._depths = lines, depths
        self._upto = [0, *accumulate(len(line) + 1 for line in lines)]  # characters before a row

    def pieces(self, blocks: Sequence[Block]) -> tuple[Piece, ...]:
        spans = self._joined_spans(self._absorbed(self._spans(blocks)))
        return tuple(
            Piece(
                first + 1,
                after,
                block.qualified_name if block else "",
                block.kind.value if block else "",
                "\n".join(self._lines[first:after]),
            )
            for first, after, block in spans
        )

    def _spans(self, blocks: Sequence[Block]) -> Iterator[Span]:
        """Covers the file with blocks that are small enough or contain no others, and with what is between blocks.

        Uses a stack instead of recursion, since files may be nested to any depth.
        """
        row = 0
        outer: list[tuple[int, Block]] = []  # (row after the last, block) of blocks that were opened
        skip_before = 0  # blocks that start before this row are already in a piece
        for position, block in enumerate(blocks):
            if block.start < skip_before or block.start < row:
                continue
            while outer and outer[-1][0] <= block.start:
                yield from self._between(row, outer[-1][0], outer[-1][1])
                row = max(row, outer.pop()[0])
            start = self._with_leading(block.start, row)
            after = min(block.end + 1, outer[-1][0] if outer else len(self._lines))
            yield from self._between(row, start, outer[-1][1] if outer else None)
            row = start
            if self._opens(block, start, after, blocks, position):
                outer.append((after, block))
                continue
            yield from self._between(start, after, block)
            row = skip_before = after
        while outer:
            yield from self._between(row, outer[-1][0], outer[-1][1])
            row = max(row, outer.pop()[0])
        yield from self._between(row, len(self._lines), None)

    def _opens(self, block: Block, start: int, after: int, blocks: Sequence[Block], position: int) -> bool:
        """Whether a block is cut into the blocks that it contains."""
        size = self._size(start, after)
        if size <= (MAX_CONTAINER if block.kind in _PARENTS else MAX_PIECE):
            return False
        following = blocks[position + 1] if position + 1 < len(blocks) else None
        return following is not None and block.start < following.start < after

    def _between(self, first: int, after: int, block: Block | None) -> Iterator[Span]:
        """Spans of at most MAX_PIECE, cut where the syntax is shallowest in the second half of what fits."""
        if first >= after:
            return
        depths = self._depths(first, after - 1) if self._size(first, after) > MAX_PIECE else {}
        while after - first > 1 and self._size(first, after) > MAX_PIECE:
            end = first + 1
            while self._size(first, end + 1) <= MAX_PIECE:
                end += 1
            half = next((row for row in range(first + 1, end) if self._size(first, row) >= MAX_PIECE // 2), end)
            end = min(range(half, end + 1), key=lambda row: (depths.get(row, 99), -row))
            yield first, end, block
            first = end
        if first < after:
            yield first, after, block

    def _with_leading(self, start: int, earliest: int) -> int:
        """The first row of the comments and decorators that belong to a block."""
        row = start
        while row > earliest and _LEADING.match(self._lines[row - 1]):
            row -= 1
        return row

    def _absorbed(self, spans: Iterable[Span]) -> Iterator[Span]:
        """Adds blank lines and closing braces to the span before them; at the top of the file, to the one after."""
        held: Span | None = None
        for span in spans:
            first, after, _ = span
            if self._only_closes(first, after):
                held = (held[0], after, held[2]) if held else span
            elif held and self._blank(held[0], held[1]):
                held = (held[0], after, span[2])
            else:
                if held:
                    yield held
                held = span
        if held and not self._blank(held[0], held[1]):
            yield held

    def _blank(self, first: int, after: int) -> bool:
        return not any(map(str.strip, self._lines[first:after]))

    def _only_closes(self, first: int, after: int) -> bool:
        lines = self._lines
        return _CLOSING.match(lines[first]) is not None and all(map(_CLOSING.match, lines[first + 1 : after]))

    def _joined_spans(self, spans: Iterable[Span]) -> Iterator[Span]:
        """Joins small neighbours with one parent (accessors, constants, keys) under the parent's name."""
        held: Span | None = None
        parts = 1
        for span in spans:
            if held is None:
                held = span
                continue
            same = _parent(held[2]) == _parent(span[2]) if parts == 1 else _name(held[2]) == _parent(span[2])
            small = self._size(span[0], span[1]) <= SMALL and (parts > 1 or self._size(held[0], held[1]) <= SMALL)
            if same and small and self._size(held[0], span[1]) <= MAX_JOINED:
                held = (held[0], span[1], _parent_block(held[2]) if parts == 1 else held[2])
                parts += 1
            else:
                yield held
                held, parts = span, 1
        if held:
            yield held

    def _size(self, first: int, after: int) -> int:
        return self._upto[after] - self._upto[first]


def _name(block: Block | None) -> str:
    return block.qualified_name if block else ""


def _parent(block: Block | None) -> str:
    return _name(block).rpartition(".")[0]


def _parent_block(block: Block | None) -> Block | None:
    parent = _parent(block)
    if block is None or not parent:
        return None
    kind = SymbolKind.SECTION if block.kind is SymbolKind.SECTION else SymbolKind.CLASS
    return Block(block.start, block.end, parent.rpartition(".")[2], parent, kind, defines=False)
