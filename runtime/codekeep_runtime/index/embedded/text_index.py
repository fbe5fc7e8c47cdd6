"""Lexical search by tantivy. Derived from the database; remembers how far it has followed it."""

import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tantivy

from codekeep_runtime.index.analysis import query_terms, split_camel_case

HEAP_BYTES, THREADS = 128_000_000, 2
FIELD_BOOSTS = {"body": 1.0, "symbol": 3.0, "path": 2.0}
RELOAD_SECONDS = 0.2  # how often a reader checks for commits of other processes
PROGRESS = "progress"  # term of the one document that stores the progress


@dataclass(frozen=True)
class Entry:
    """The indexed part of a chunk."""

    row: int
    branch: int
    language: str
    path: str
    symbol: str
    text: str


@dataclass(frozen=True)
class Progress:
    """The last row added, the last removal applied, and the last removal whose words left the files."""

    row: int = 0
    gone: int = 0
    forgotten: int = 0


class BusyError(Exception):
    """Another process writes, and there may be only one."""


class TextIndex:
    """BM25 over text, symbol and path, restricted to branches inside the query."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._analyzer = analyzer()
        self._index.register_tokenizer("code", self._analyzer)
        self._index.config_reader(
            reload_policy="manual"
        )  # tantivy's reload thread could replace a newer state by an older one
        self._reloading = threading.Lock()
        self._checked = 0.0

    def progress(self) -> Progress:
        searcher = self._newest()
        hits = searcher.search(tantivy.Query.term_query(self._schema, "mark", PROGRESS), 1).hits
        if not hits:
            return Progress()
        found = searcher.doc(hits[0][1])
        return Progress(found["row"][0], found["gone"][0], found["forgotten"][0])

    @contextmanager
    def writing(self) -> Iterator["Writer"]:
        """Changes are visible when this ends. Other processes write before or after.

        Raises:
            BusyError: another process writes.
        """
        writer = Writer(self._writer(), self._schema)
        try:
            yield writer
        finally:
            writer.close()
        self._newest()

    def _writer(self) -> Any:
        try:
            return self._index.writer(HEAP_BYTES, THREADS)
        except ValueError as error:
            raise BusyError("another process writes") from error

    def search(
        self, text: str, k: int, branches: Collection[int], languages: Collection[str] | None
    ) -> Sequence[tuple[int, float]]:
        """(row, score), best first."""
        if k < 1 or not branches:
            return []
        words = [self._word_clause(word) for word in dict.fromkeys(self._analyzer.analyze(" ".join(query_terms(text))))]
        if not words:
            return []
        self._check()
        clauses = [
            (tantivy.Occur.Must, tantivy.Query.boolean_query(words)),
            (tantivy.Occur.Must, self._one_of("branch", list(branches))),
        ]
        if languages is not None:
            clauses.append((tantivy.Occur.Must, self._one_of("language", list(languages))))
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(clauses), k, count=False).hits
        return [(searcher.doc(address)["row"][0], float(score)) for score, address in hits]

    def _word_clause(self, word: str) -> tuple[Any, Any]:
        """The word in any field. Built by hand, since tantivy's query parser gives some words a meaning."""
        fields = [
            tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, name, word, "freq"), boost)
            for name, boost in FIELD_BOOSTS.items()
        ]
        return tantivy.Occur.Should, tantivy.Query.boolean_query([(tantivy.Occur.Should, each) for each in fields])

    def _one_of(self, field: str, values: list[Any]) -> Any:
        """A filter that does not change the score."""
        if not values:
            return tantivy.Query.empty_query()
        return tantivy.Query.const_score_query(tantivy.Query.term_set_query(self._schema, field, values), 0.0)

    def _check(self) -> None:
        now = time.monotonic()
        if now - self._checked > RELOAD_SECONDS:
            self._checked = now
            self._newest()

    def _newest(self) -> Any:
        """A searcher of the last commit. Locked, since the slower of two reloads would restore an older state."""
        with self._reloading:
            self._index.reload()
            return self._index.searcher()


class Writer:
    """Adds and removes documents; each commit stores the progress."""

    def __init__(self, writer: Any, schema: Any) -> None:
        self._writer, self._schema = writer, schema
        self._writer.garbage_collect_files()  # of a killed commit, whose names the next commit would reuse

    def apply(self, gone: Sequence[int], entries: Iterable[Entry], progress: Progress) -> None:
        if gone:  # by a query, since the package silently finds no numbers by term
            self._writer.delete_documents_by_query(tantivy.Query.term_set_query(self._schema, "row", list(gone)))
        self._add(entries)
        self._commit(progress)

    def rebuild(self, entries: Iterable[Entry], progress: Progress) -> None:
        """Replaces everything in one commit. Otherwise a removed document stays in its segment until that is merged."""
        self._writer.delete_all_documents()
        self._add(entries)
        self._commit(progress)

    def close(self) -> None:
        self._writer.garbage_collect_files()
        self._writer.wait_merging_threads()

    def _add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._writer.add_document(_document(entry))

    def _commit(self, progress: Progress) -> None:
        self._writer.delete_documents_by_term("mark", PROGRESS)
        mark = tantivy.Document()
        mark.add_text("mark", PROGRESS)
        mark.add_unsigned("row", progress.row)
        mark.add_unsigned("gone", progress.gone)
        mark.add_unsigned("forgotten", progress.forgotten)
        self._writer.add_document(mark)
        self._writer.commit()


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", stored=True, indexed=True)
    builder.add_unsigned_field("gone", stored=True)
    builder.add_unsigned_field("forgotten", stored=True)
    builder.add_unsigned_field("branch", indexed=True)
    builder.add_text_field("mark", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    for name in FIELD_BOOSTS:
        builder.add_text_field(name, tokenizer_name="code", index_option="freq")
    return builder.build()


def analyzer() -> Any:
    """Splits, lower-cases and stems like the analyzer in index/opensearch/mapping.py."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.remove_long(65))
        .filter(tantivy.Filter.stemmer("english"))  # Snowball English (Porter2)
        .build()
    )


def _document(entry: Entry) -> Any:
    document = tantivy.Document()
    document.add_unsigned("row", entry.row)
    document.add_unsigned("branch", entry.branch)
    document.add_text("language", entry.language)
    document.add_text("path", split_camel_case(entry.path))
    document.add_text("symbol", split_camel_case(entry.symbol))
    document.add_text("body", split_camel_case(entry.text))
    return document
