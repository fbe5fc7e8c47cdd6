"""Finds rows at which a long span may be cut: starts of statements, preferably shallow ones."""

from collections.abc import Callable, Sequence

from tree_sitter import Node

_MAX_DEPTH = 40  # a cut further down makes no visible difference, and deep nesting must not cost time
_LONG_ROWS = 6  # shorter nodes are not searched

Depths = Callable[[int, int], dict[int, int]]  # (first row, last row) → row → depth


def syntax_breaks(root: Node) -> Depths:
    """Ranks rows by the depth of the outermost node that starts there."""

    def depths(first: int, last: int) -> dict[int, int]:
        found: dict[int, int] = {}
        waiting = [(root, 0)]
        while waiting:
            node, depth = waiting.pop()
            for child in node.children:
                start, end = child.start_point.row, child.end_point.row
                if end < first or start > last:
                    continue
                if first <= start:
                    found[start] = min(found.get(start, depth), depth)
                if end - start >= _LONG_ROWS and depth < _MAX_DEPTH:
                    waiting.append((child, depth + 1))
        return found

    return depths


def indent_breaks(lines: Sequence[str]) -> Depths:
    """Ranks rows of text without a syntax tree: best after a blank line, else by indentation."""

    def depths(first: int, last: int) -> dict[int, int]:
        found = {}
        for row in range(first, last + 1):
            line = lines[row]
            if line.strip():
                after_blank = row > 0 and not lines[row - 1].strip()
                found[row] = 2 * (len(line) - len(line.lstrip())) + (0 if after_blank else 1)
        return found

    return depths
