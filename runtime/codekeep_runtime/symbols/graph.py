"""SymbolGraph: the questions that people ask of a symbol, within what they may read."""

from collections.abc import Iterable, Iterator, Sequence

from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.symbol import ReferenceRole
from codekeep_runtime.index.interface import FoundDefinition, FoundReference, Index
from codekeep_runtime.symbols.resolve import Resolver

MOST_MENTIONS = 5_000  # looked at for one question: of a name with more, nobody reads all
MOST_DEPTH = 10  # of inheritance


class SymbolGraph:
    """`name` is a simple name, or a qualified one whose tail is enough (`Basket.price`)."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def definitions(self, scope: Scope, name: str) -> Sequence[FoundDefinition]:
        return self._index.definitions(scope, name)

    def references(self, scope: Scope, name: str) -> Sequence[FoundReference]:
        """Every mention; of a qualified name those that may mean it, the sure ones first."""
        return self._that_mean(scope, name, self._mentions(scope, name))

    def callers(self, scope: Scope, name: str) -> Sequence[FoundReference]:
        """Calls that may mean it, the sure ones first; `enclosing` says who calls."""
        return self._that_mean(scope, name, self._mentions(scope, name, ReferenceRole.CALL))

    def callees(self, scope: Scope, name: str) -> Sequence[FoundDefinition]:
        """What it calls, as far as it is defined in code that the scope may see; each once."""
        resolver = Resolver(self._index, scope)
        calls = (
            call
            for at in resolver.named(name)
            for call in self._index.references_within(scope, at.branch, at.path, at.definition.qualified_name)
            if call.reference.role is ReferenceRole.CALL
        )
        return _once(each for call in calls for each in resolver.meant(call).definitions)

    def subclasses(self, scope: Scope, name: str) -> Sequence[FoundDefinition]:
        """What inherits from it, directly or not; nearest first."""
        resolver = Resolver(self._index, scope)
        found: list[FoundDefinition] = []
        level = [name]
        for _ in range(MOST_DEPTH):
            heirs = [heir for each in level for heir in self._heirs(scope, each, resolver) if heir not in found]
            if not heirs:
                break
            found += heirs
            level = list(dict.fromkeys(heir.definition.qualified_name for heir in heirs))
        return _once(found)

    def _heirs(self, scope: Scope, name: str, resolver: Resolver) -> Iterator[FoundDefinition]:
        for each in self._that_mean(scope, name, self._mentions(scope, name, ReferenceRole.INHERIT)):
            simple = each.reference.enclosing.rpartition(".")[2]
            for at in resolver.named(simple):
                if (at.branch, at.path) == (each.branch, each.path) and (
                    at.definition.qualified_name == each.reference.enclosing
                ):
                    yield at

    def _mentions(self, scope: Scope, name: str, role: ReferenceRole | None = None) -> Sequence[FoundReference]:
        found = self._index.references(scope, name.rpartition(".")[2])
        return [each for each in found if role is None or each.reference.role is role][:MOST_MENTIONS]

    def _that_mean(self, scope: Scope, name: str, mentions: Sequence[FoundReference]) -> Sequence[FoundReference]:
        resolver = Resolver(self._index, scope)
        targets = {_key(each) for each in resolver.named(name)}
        if not targets:  # defined outside of what is indexed: the name is all there is
            return [] if "." in name else mentions
        sure: list[FoundReference] = []
        unsure: list[FoundReference] = []
        for mention in mentions:
            meant = resolver.meant(mention)
            if not meant.definitions or any(_key(each) in targets for each in meant.definitions):
                (sure if meant.sure and meant.definitions else unsure).append(mention)
        return [*sure, *unsure]


def _key(found: FoundDefinition) -> tuple[object, ...]:
    return (found.branch, found.path, found.definition)


def _once(found: Iterable[FoundDefinition]) -> list[FoundDefinition]:
    return list({_key(each): each for each in found}.values())
