"""Cuts a file into pieces of bounded size, along its blocks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from codekeep_runtime.core.symbol import SymbolKind
from codekeep_runtime.parse.block import CONTAINERS, Block
from codekeep_runtime.parse.breaks import Depths
from codekeep_runtime.parse.piece import Piece

LARGEST = 1_800  # characters of a piece, about 45 lines; a longer line is a piece of its own
WHOLE = 900  # a class or section up to this stays whole; a larger one is cut into its members
SMALL, TOGETHER = 160, 600  # neighbours smaller than the first are put together up to the second
_INTRODUCES = re.compile(r"\s*(?:#(?!include|define|if|endif|else|elif|undef|pragma)|//|/?\*|@|\[|--|template\b|<!--)")
_CLOSES = re.compile(r"[\s\])};,]*(?:end|fi|done|esac)?[\s\])};,]*$")
_PARENTS = CONTAINERS | {SymbolKind.MODULE, SymbolKind.SECTION}

Stretch = tuple[int, int, Block | None]  # first row, row after the last, what it is


def cut(lines: Sequence[str], blocks: Sequence[Block], depths: Depths) -> tuple[Piece, ...]:
    """Every line in exactly one piece, in order; none for a file of blank lines."""
    return _Cutter(lines, depths).pieces(blocks)


class _Cutter:
    def __init__(self, lines: Sequence[str], depths: Depths) -> None:
        self._lines, self._depths = lines, depths
        self._upto = [0, *accumulate(len(line) + 1 for line in lines)]  # characters before a row

    def pieces(self, blocks: Sequence[Block]) -> tuple[Piece, ...]:
        stretches = self._joined(self._cleared(self._stretches(blocks)))
        return tuple(
            Piece(
                first + 1,
                after,
                block.qualified_name if block else "",
                block.kind.value if block else "",
                "\n".join(self._lines[first:after]),
            )
            for first, after, block in stretches
        )

    def _stretches(self, blocks: Sequence[Block]) -> Iterator[Stretch]:
        """Covers the file: blocks that are small enough or have nothing inside, and what is between blocks.

        A stack instead of recursion, for nesting is as deep as a file's author likes.
        """
        row = 0
        outer: list[tuple[int, Block]] = []  # (row after the last, block) of blocks that were opened
        skip_before = 0  # blocks that start before this row are inside a piece already
        for position, block in enumerate(blocks):
            if block.start < skip_before or block.start < row:
                continue
            while outer and outer[-1][0] <= block.start:
                yield from self._between(row, outer[-1][0], outer[-1][1])
                row = max(row, outer.pop()[0])
            start = self._introduced(block.start, row)
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
        """Whether a block is cut into what is inside it rather than taken as it is."""
        size = self._size(start, after)
        if size <= (WHOLE if block.kind in _PARENTS else LARGEST):
            return False
        following = blocks[position + 1] if position + 1 < len(blocks) else None
        return following is not None and block.start < following.start < after

    def _between(self, first: int, after: int, block: Block | None) -> Iterator[Stretch]:
        """At most LARGEST each: cut where the syntax is shallowest in the second half of what fits."""
        if first >= after:
            return
        depths = self._depths(first, after - 1) if self._size(first, after) > LARGEST else {}
        while after - first > 1 and self._size(first, after) > LARGEST:
            end = first + 1
            while self._size(first, end + 1) <= LARGEST:
                end += 1
            half = next((row for row in range(first + 1, end) if self._size(first, row) >= LARGEST // 2), end)
            end = min(range(half, end + 1), key=lambda row: (depths.get(row, 99), -row))
            yield first, end, block
            first = end
        if first < after:
            yield first, after, block

    def _introduced(self, start: int, earliest: int) -> int:
        """The row where the comments and decorators that belong to a block begin."""
        row = start
        while row > earliest and _INTRODUCES.match(self._lines[row - 1]):
            row -= 1
        return row

    def _cleared(self, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
        """Blank lines and closing braces belong to what they close; at the very top, to what follows."""
        held: Stretch | None = None
        for stretch in stretches:
            first, after, _ = stretch
            if self._only_closes(first, after):
                held = (held[0], after, held[2]) if held else stretch
            elif held and self._blank(held[0], held[1]):
                held = (held[0], after, stretch[2])
            else:
                if held:
                    yield held
                held = stretch
        if held and not self._blank(held[0], held[1]):
            yield held

    def _blank(self, first: int, after: int) -> bool:
        return not any(map(str.strip, self._lines[first:after]))

    def _only_closes(self, first: int, after: int) -> bool:
        lines = self._lines
        return _CLOSES.match(lines[first]) is not None and all(map(_CLOSES.match, lines[first + 1 : after]))

    def _joined(self, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
        """Small neighbours of one parent (accessors, constants, keys) make one piece that bears the parent's name."""
        held: Stretch | None = None
        parts = 1
        for stretch in stretches:
            if held is None:
                held = stretch
                continue
            same = _parent(held[2]) == _parent(stretch[2]) if parts == 1 else _name(held[2]) == _parent(stretch[2])
            small = self._size(stretch[0], stretch[1]) <= SMALL and (parts > 1 or self._size(held[0], held[1]) <= SMALL)
            if same and small and self._size(held[0], stretch[1]) <= TOGETHER:
                held = (held[0], stretch[1], _parent_block(held[2]) if parts == 1 else held[2])
                parts += 1
            else:
                yield held
                held, parts = stretch, 1
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
