"""Definitions, references and imports of a file. Named tuples, since there are millions of them."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, Self


class SymbolKind(StrEnum):
    FUNCTION = "function"
    METHOD = "method"
    CLASS = "class"  # also struct, record, object
    INTERFACE = "interface"  # also trait, protocol
    ENUM = "enum"
    TYPE = "type"
    MODULE = "module"  # also namespace, package
    FIELD = "field"
    VARIABLE = "variable"  # also constant
    SECTION = "section"  # a heading of a document, a key of a configuration, a stage of a Dockerfile


class ReferenceRole(StrEnum):
    CALL = "call"
    INHERIT = "inherit"
    USE = "use"


class Definition(NamedTuple):
    """`qualified_name` joins the enclosing names with dots, in every language. Lines are 1-based and inclusive."""

    name: str
    qualified_name: str
    kind: SymbolKind
    start_line: int
    end_line: int


class Reference(NamedTuple):
    """A mention of `name`. An imported name is the one that it has where it is defined, not its alias.

    `receiver` is the text before the last dot of a call ("self", "os.path"), "" without a dot, "()" for the result of
    an expression.
    """

    name: str
    role: ReferenceRole
    line: int
    enclosing: str  # qualified name of the enclosing definition, "" at the top of a file
    receiver: str = ""


class Import(NamedTuple):
    """`from module import name as alias`. `name` is "" for a whole module; `alias` is the name within the file."""

    module: str
    name: str
    alias: str
    line: int


class FileSymbols(NamedTuple):
    definitions: tuple[Definition, ...] = ()
    references: tuple[Reference, ...] = ()
    imports: tuple[Import, ...] = ()

    @classmethod
    def of(cls, document: Iterable[Sequence[Sequence[Any]]]) -> Self:
        """Reads symbols from JSON, with lists for tuples and strings for kinds; the inverse of `tuple(symbols)`."""
        definitions, references, imports = document
        return cls(
            tuple(Definition(name, full, SymbolKind(kind), *lines) for name, full, kind, *lines in definitions),
            tuple(Reference(name, ReferenceRole(role), *place) for name, role, *place in references),
            tuple(Import(*each) for each in imports),
        )
