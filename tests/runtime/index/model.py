"""Applies random changes to an index and to a dictionary, which must agree after each."""

from dataclasses import dataclass, field

from codekeep_runtime.core.repository import Branch
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.core.symbol import FileSymbols, Reference, ReferenceRole
from codekeep_runtime.index.digest import Digest
from codekeep_runtime.index.interface import Counts, Index
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.runtime.index.files import BANK, MAIN, NEXT, OTHER, SHOP, scope, source, unit

BRANCHES, PATHS, WORDS = (MAIN, NEXT, OTHER), ("a.py", "b/c.py", "d.md"), ("alpha", "beta", "gamma")
EVERYTHING = scope(SHOP, BANK)
_texts = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), max_size=3)
_branch = st.sampled_from(BRANCHES)
_write = st.tuples(
    st.just("write"), _branch, st.dictionaries(st.sampled_from(PATHS), _texts), st.sets(st.sampled_from(PATHS))
)
_Change = tuple[str, Branch, dict[str, list[str]], set[str]]
_other: st.SearchStrategy[_Change] = st.tuples(
    st.sampled_from(["drop", "embed"]), _branch, st.builds(dict), st.builds(set)
)
_changes = st.lists(st.one_of(_write, _write, _other), min_size=1, max_size=8)


@dataclass
class Model:
    files: dict[tuple[Branch, str], SourceFile] = field(default_factory=dict)
    embedded: set[str] = field(default_factory=set)

    def write(self, branch: Branch, files: list[SourceFile], removed: set[str]) -> None:
        for path in removed:
            self.files.pop((branch, path), None)
        for file in files:
            self.files[branch, file.path] = file
            self.embedded -= {chunk.id for chunk in file.chunks}

    def drop(self, branch: Branch) -> int:
        gone = [self.files.pop(key) for key in list(self.files) if key[0] == branch]
        return sum(len(file.chunks) for file in gone)

    def counts(self) -> Counts:
        ids = {chunk.id for file in self.files.values() for chunk in file.chunks}
        return Counts(files=len(self.files), chunks=len(ids), unembedded=len(ids - self.embedded))

    def digest(self) -> str:
        digest = Digest()
        for key in sorted(self.files):
            digest.add(self.files[key].chunks, self.files[key].symbols)
        return digest.hexdigest()

    def ids_with(self, word: str) -> set[str]:
        return {chunk.id for file in self.files.values() for chunk in file.chunks if word in chunk.text}


def follows_its_model(index: Index, examples: int) -> None:
    """Checks random histories of changes, each on an empty index."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(_changes)
    def check(changes: list[_Change]) -> None:
        for branch in index.branches():
            index.drop(branch)
        model = Model()
        for change in changes:
            _apply(index, model, *change)
            _compare(index, model)

    check()


def _apply(
    index: Index, model: Model, what: str, branch: Branch, texts: dict[str, list[str]], removed: set[str]
) -> None:
    if what == "drop":
        assert index.drop(branch) == model.drop(branch)
    elif what == "embed":
        chunks = index.unembedded(2)
        index.put_vectors({chunk.id: unit(1) for chunk in chunks})
        model.embedded |= {chunk.id for chunk in chunks}
    else:
        files = [_file(branch, path, each) for path, each in texts.items()]
        index.write(branch, files, removed - set(texts))
        model.write(branch, files, removed - set(texts))


def _file(branch: Branch, path: str, texts: list[str]) -> SourceFile:
    references = tuple(Reference(text.split()[0], ReferenceRole.CALL, n, "") for n, text in enumerate(texts))
    return source(path, *texts, branch=branch, symbols=FileSymbols(references=references))


def _compare(index: Index, model: Model) -> None:
    assert index.counts(EVERYTHING) == model.counts()
    assert index.digest() == model.digest()
    for branch in BRANCHES:
        blobs = {path: file.blob for (owner, path), file in model.files.items() if owner == branch}
        assert index.blobs(branch) == blobs
    embedded = {chunk.id for file in model.files.values() for chunk in file.chunks} & model.embedded
    assert {hit.chunk.id for hit in index.semantic(EVERYTHING, unit(1), 100)} == embedded
    for word in WORDS:
        assert {hit.chunk.id for hit in index.lexical(EVERYTHING, word, 100)} == model.ids_with(word)
        mentioned = [r for file in model.files.values() for r in file.symbols.references if r.name == word]
        assert len(index.references(EVERYTHING, word)) == len(mentioned)
