"""What a file defines, refers to and imports. Tuples, as there are millions of them."""

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
    """A mention of `name`, as it is called where it is defined, if the file imports it under another.

    `receiver` is the text before the last dot of a call ("self", "os.path"), "" without one, "()" where it is the
    result of an expression.
    """

    name: str
    role: ReferenceRole
    line: int
    enclosing: str  # qualified name of the definition it stands in, "" at the top of a file
    receiver: str = ""


class Import(NamedTuple):
    """`from module import name as alias`; `name` is "" for a whole module, `alias` is what the file calls it."""

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
        """From JSON, which knows tuples as lists and kinds as strings; `tuple(symbols)` is the way there."""
        definitions, references, imports = document
        return cls(
            tuple(Definition(name, full, SymbolKind(kind), *lines) for name, full, kind, *lines in definitions),
            tuple(Reference(name, ReferenceRole(role), *place) for name, role, *place in references),
            tuple(Import(*each) for each in imports),
        )
