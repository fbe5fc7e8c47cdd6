"""Answers questions about a symbol within a reader's scope."""

from collections.abc import Iterable, Iterator, Sequence

from codekeep_runtime.core import ReferenceRole, Scope
from codekeep_runtime.index.interface import FoundDefinition, FoundReference, IndexReader
from codekeep_runtime.symbols.resolve import Resolver

MAX_MENTIONS = 5_000  # examined per question; nobody reads more
MAX_DEPTH = 10  # of inheritance


class SymbolGraph:
    """`name` is a simple name or the tail of a qualified one (`Basket.price`)."""

    def __init__(self, index: IndexReader) -> None:
        self._index = index

    def definitions(self, scope: Scope, name: str) -> Sequence[FoundDefinition]:
        return self._index.definitions(scope, name)

    def references(self, scope: Scope, name: str) -> Sequence[FoundReference]:
        """Every mention; for a qualified name those that may mean it, certain ones first."""
        return self._mentions_of(scope, name, self._mentions(scope, name))

    def callers(self, scope: Scope, name: str) -> Sequence[FoundReference]:
        """Calls that may mean it, certain ones first; `enclosing` is the caller."""
        return self._mentions_of(scope, name, self._mentions(scope, name, ReferenceRole.CALL))

    def callees(self, scope: Scope, name: str) -> Sequence[FoundDefinition]:
        """Visible definitions that it calls, each once."""
        resolver = Resolver(self._index, scope)
        calls = (
            call
            for at in resolver.definitions_named(name)
            for call in self._index.references_within(scope, at.branch, at.path, at.definition.qualified_name)
            if call.reference.role is ReferenceRole.CALL
        )
        return _unique(each for call in calls for each in resolver.resolve(call).definitions)

    def subclasses(self, scope: Scope, name: str) -> Sequence[FoundDefinition]:
        """Classes that inherit from it, directly or indirectly; nearest first."""
        resolver = Resolver(self._index, scope)
        found: list[FoundDefinition] = []
        level = [name]
        for _ in range(MAX_DEPTH):
            new = [each for base in level for each in self._direct(scope, base, resolver) if each not in found]
            if not new:
                break
            found += new
            level = list(dict.fromkeys(each.definition.qualified_name for each in new))
        return _unique(found)

    def _direct(self, scope: Scope, name: str, resolver: Resolver) -> Iterator[FoundDefinition]:
        for each in self._mentions_of(scope, name, self._mentions(scope, name, ReferenceRole.INHERIT)):
            simple = each.reference.enclosing.rpartition(".")[2]
            for at in resolver.definitions_named(simple):
                if (at.branch, at.path) == (each.branch, each.path) and (
                    at.definition.qualified_name == each.reference.enclosing
                ):
                    yield at

    def _mentions(self, scope: Scope, name: str, role: ReferenceRole | None = None) -> Sequence[FoundReference]:
        found = self._index.references(scope, name.rpartition(".")[2])
        return [each for each in found if role is None or each.reference.role is role][:MAX_MENTIONS]

    def _mentions_of(self, scope: Scope, name: str, mentions: Sequence[FoundReference]) -> Sequence[FoundReference]:
        resolver = Resolver(self._index, scope)
        targets = {_key(each) for each in resolver.definitions_named(name)}
        if not targets:  # defined outside the index: there is only the name to go by
            return [] if "." in name else mentions
        certain: list[FoundReference] = []
        uncertain: list[FoundReference] = []
        for mention in mentions:
            resolution = resolver.resolve(mention)
            if not resolution.definitions or any(_key(each) in targets for each in resolution.definitions):
                (certain if resolution.is_certain and resolution.definitions else uncertain).append(mention)
        return [*certain, *uncertain]


def _key(found: FoundDefinition) -> tuple[object, ...]:
    return (found.branch, found.path, found.definition)


def _unique(found: Iterable[FoundDefinition]) -> list[FoundDefinition]:
    return list({_key(each): each for each in found}.values())
