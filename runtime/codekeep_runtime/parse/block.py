"""A span of lines that has a name: what both symbols and chunks are made from."""

from typing import NamedTuple

from codekeep_runtime.core.symbol import Definition, SymbolKind

CONTAINERS = frozenset({SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.ENUM, SymbolKind.TYPE})


class Block(NamedTuple):
    """Rows are 0-based and inclusive; blocks come sorted by start and nest. `defines` is false for a mere scope."""

    start: int
    end: int
    name: str
    qualified_name: str
    kind: SymbolKind
    defines: bool = True

    def definition(self) -> Definition:
        return Definition(self.name, self.qualified_name, self.kind, self.start + 1, self.end + 1)
