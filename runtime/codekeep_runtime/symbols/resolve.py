"""Resolves a mention to definitions, by its enclosing scopes, its file's imports and its receiver."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from codekeep_runtime.core import Branch, Import, ReferenceRole, Scope, SymbolKind
from codekeep_runtime.index.interface import FoundDefinition, FoundReference, IndexReader
from codekeep_runtime.symbols.modules import common_trailing_names

_OWN = frozenset({"self", "cls", "this", "$this", "super", "super()", "static", "parent", "base", "Self"})
_MEMBERS = frozenset({SymbolKind.METHOD, SymbolKind.FIELD})
_MAX_BASES = 20


class Resolution(NamedTuple):
    """The definitions that a mention may mean. `is_certain` is false if only the name matches, as for a call on a value
    of unknown type.
    """

    definitions: tuple[FoundDefinition, ...]
    is_certain: bool


class Resolver:
    """Caches lookups for one question."""

    def __init__(self, index: IndexReader, scope: Scope) -> None:
        self._index, self._scope = index, scope
        self._named: dict[str, Sequence[FoundDefinition]] = {}
        self._imports: dict[tuple[Branch, str], Sequence[Import]] = {}
        self._bases: dict[tuple[Branch, str, str], tuple[str, ...]] = {}

    def definitions_named(self, name: str) -> Sequence[FoundDefinition]:
        if name not in self._named:
            self._named[name] = self._index.definitions(self._scope, name)
        return self._named[name]

    def resolve(self, found: FoundReference) -> Resolution:
        """Resolves a mention. Definitions in other branches never match: each branch is a program of its own."""
        name, receiver = found.reference.name, found.reference.receiver
        candidates = [each for each in self.definitions_named(name) if each.branch == found.branch]
        steps = self._of_receiver if receiver else self._of_plain_name
        for chosen in steps(found, name, candidates):
            if chosen:
                return Resolution(tuple(chosen), is_certain=True)
        return Resolution(tuple(candidates), is_certain=len(candidates) == 1 and not receiver)

    def _of_plain_name(
        self, found: FoundReference, name: str, candidates: Sequence[FoundDefinition]
    ) -> Iterable[Sequence[FoundDefinition]]:
        """Candidates from the inside out: enclosing scopes, the file, its imports, its folder."""
        here = [each for each in candidates if each.path == found.path]
        enclosing = found.reference.enclosing
        while enclosing:
            yield [each for each in here if each.definition.qualified_name == f"{enclosing}.{name}"]
            enclosing = enclosing.rpartition(".")[0]
        yield [each for each in here if each.definition.qualified_name == name]
        yield self._from_imports(found, name, candidates)
        free = [each for each in candidates if each.definition.kind not in _MEMBERS]
        yield [each for each in free if _folder(each.path) == _folder(found.path)]

    def _of_receiver(
        self, found: FoundReference, name: str, candidates: Sequence[FoundDefinition]
    ) -> Iterable[Sequence[FoundDefinition]]:
        receiver = found.reference.receiver
        if receiver in _OWN:
            yield self._of_class(found, found.reference.enclosing.rpartition(".")[0], name, candidates)
            return
        yield self._from_imports(found, receiver, candidates)
        owner = receiver.rpartition(".")[2]
        yield [each for each in candidates if _owner(each) == owner]

    def _of_class(
        self, found: FoundReference, owner: str, name: str, candidates: Sequence[FoundDefinition]
    ) -> Sequence[FoundDefinition]:
        """Definitions in the class, else in its bases, breadth first."""
        seen: set[str] = set()
        waiting = [owner]
        while waiting and len(seen) < _MAX_BASES:
            current = waiting.pop(0)
            if not current or current in seen:
                continue
            seen.add(current)
            simple = current.rpartition(".")[2]
            inside = [each for each in candidates if _owner(each) == simple]
            if inside:
                return [each for each in inside if each.path == found.path] or inside
            waiting += [
                base
                for at in self.definitions_named(simple)
                if at.branch == found.branch
                for base in self._bases_of(at)
            ]
        return []

    def _bases_of(self, of: FoundDefinition) -> tuple[str, ...]:
        key = (of.branch, of.path, of.definition.qualified_name)
        if key not in self._bases:
            within = self._index.references_within(self._scope, *key)
            inherited = (each.reference for each in within if each.reference.role is ReferenceRole.INHERIT)
            self._bases[key] = tuple(each.name for each in inherited)
        return self._bases[key]

    def _from_imports(
        self, found: FoundReference, alias: str, candidates: Sequence[FoundDefinition]
    ) -> Sequence[FoundDefinition]:
        """Definitions in the file that best matches an import with this alias."""
        best: list[FoundDefinition] = []
        highest = 0
        for each in self._imports_called(found, alias):
            for candidate in candidates:
                score = common_trailing_names(each.module, each.name, candidate.path)
                if score > highest:
                    best, highest = [], score
                if score and score == highest:
                    best.append(candidate)
        return best

    def _imports_called(self, found: FoundReference, alias: str) -> Iterable[Import]:
        """The parser has already replaced the alias of a plain name, so the imported name counts, too."""
        return (each for each in self._imports_of(found) if alias in (each.alias, each.name))

    def _imports_of(self, found: FoundReference) -> Sequence[Import]:
        key = (found.branch, found.path)
        if key not in self._imports:
            self._imports[key] = self._index.imports(self._scope, *key)
        return self._imports[key]


def _owner(found: FoundDefinition) -> str:
    """The simple name of the enclosing definition."""
    return found.definition.qualified_name.rpartition(".")[0].rpartition(".")[2]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
