"""A named span of lines, from which both symbols and chunks are made."""

from typing import NamedTuple

from codekeep_runtime.core import Definition, SymbolKind

CONTAINERS = frozenset({SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.ENUM, SymbolKind.TYPE})


class Block(NamedTuple):
    """Rows are 0-based and inclusive. Blocks are sorted by start and nested. `defines` is false for a mere scope."""

    start: int
    end: int
    name: str
    qualified_name: str
    kind: SymbolKind
    defines: bool = True

    def definition(self) -> Definition:
        return Definition(self.name, self.qualified_name, self.kind, self.start + 1, self.end + 1)
