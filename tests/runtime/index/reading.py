"""Conformance tests of IndexReader, including visibility."""

from collections.abc import Callable
from typing import Any

import pytest
from codekeep_contracts.faults import AccessFault
from codekeep_runtime.core.repository import Branch
from codekeep_runtime.core.symbol import Definition, FileSymbols, Import, Reference, ReferenceRole, SymbolKind
from codekeep_runtime.index.interface import Counts, Index, Narrowing

from tests.runtime.index.files import BANK, MAIN, NEXT, OTHER, SHOP, ids, scope, source, unit

HOSTILE = [
    "",
    " ",
    "\0",
    "*",
    "?",
    '"',
    "'; DROP TABLE chunks; --",
    "AND OR NOT",
    "alpha AND",
    "NOT alpha",
    "text:*",
    "repository:git.example.com/acme/bank",
    "branch:2",
    "(((((",
    "[a TO z]",
    "alpha^1e99",
    "alpha~2",
    "/.*/",
    "{!func}",
    '{"match_all": {}}',
    "\\",
    "\ud800",
    "\u202eahpla",
    "a" * 100_000,
    "word " * 50_000,
    " ".join(f"w{n}" for n in range(3000)),
    "🙂",
    "İstanbul ß ﬁ",
]


def definition(name: str, start: int = 1) -> Definition:
    return Definition(name.rpartition(".")[2], name, SymbolKind.METHOD, start, start + 8)


def call(name: str, line: int, enclosing: str) -> Reference:
    return Reference(name, ReferenceRole.CALL, line, enclosing, "self")


class Reading:
    """Tests of lexical and semantic search and of symbols; the fixture `index` is empty."""

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("getUserName", "camel.py"),
            ("user name", "camel.py"),
            ("get_user_name", "camel.py"),
            ("parse_http_header", "snake.py"),
            ("HTTP header", "snake.py"),
            ("parseHTTPHeader", "snake.py"),
            ("invoices", "stem.py"),  # the text has `invoicing`
            ("billing/ledger", "src/billing/ledger.go"),
            ("ledger.go", "src/billing/ledger.go"),
            ("Warehouse.restock", "symbol.py"),
            ("größe", "umlaut.py"),
        ],
    )
    def test_words_are_found_in_every_spelling(self, index: Index, query: str, found: str) -> None:
        texts = {
            "camel.py": "def getUserName(self): pass",
            "snake.py": "def parse_http_header(line): pass",
            "stem.py": "we are invoicing today",
            "src/billing/ledger.go": "package accounts",
            "umlaut.py": "Größe = 3",
            "noise.py": "nothing of interest here",
        }
        files = [source(path, text) for path, text in texts.items()]
        index.write(MAIN, [*files, source("symbol.py", "pass", symbol="Warehouse.restock")])
        assert index.lexical(scope(SHOP), query, 3)[0].chunk.path == found

    def test_hits_are_sorted_and_limited(self, index: Index) -> None:
        index.write(MAIN, [source(f"{n}.py", "alpha " * n + "beta " * (9 - n)) for n in range(1, 9)])
        hits = index.lexical(scope(SHOP), "alpha", 5)
        assert len(hits) == 5
        scores = [hit.score for hit in hits]
        assert scores == sorted(scores, reverse=True)
        assert hits[0].chunk.path == "8.py"
        assert not index.lexical(scope(SHOP), "alpha", 0)

    def test_a_symbol_weighs_more_than_text(self, index: Index) -> None:
        index.write(MAIN, [source("a.py", "restock the shelf"), source("b.py", "the shelf", symbol="restock")])
        assert [hit.chunk.path for hit in index.lexical(scope(SHOP), "restock", 2)] == ["b.py", "a.py"]

    @pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
    def test_any_text_is_a_valid_query_within_the_scope(self, index: Index, query: str) -> None:
        index.write(MAIN, [source("mine.py", "alpha word")])
        index.write(OTHER, [source("theirs.py", "alpha word w1 drop table bank", branch=OTHER)])
        assert all(hit.chunk.branch == MAIN for hit in index.lexical(scope(SHOP), query, 9))
        for read in (index.definitions, index.references):
            assert not read(scope(SHOP), query)
        assert not index.file(scope(SHOP), MAIN, query)
        assert not index.references_within(scope(SHOP), MAIN, query, query)
        assert index.chunks(scope(SHOP), [query]) == {}

    def test_semantic_hits_are_sorted_by_cosine(self, index: Index) -> None:
        file = source("a.py", "one", "two", "three")
        index.write(MAIN, [file])
        vectors = [unit(0, 1), unit(1), unit(0.8, 0.6)]
        index.put_vectors(dict(zip(ids(file.chunks), vectors, strict=True)))
        hits = index.semantic(scope(SHOP), unit(1), 2)
        assert [hit.chunk.text for hit in hits] == ["two", "three"]
        assert [hit.score for hit in hits] == pytest.approx([1.0, 0.8], abs=2e-3)
        assert not index.semantic(scope(SHOP), unit(1), 0)

    def test_opposite_and_zero_vectors_are_valid(self, index: Index) -> None:
        file = source("a.py", "one", "two", "three")
        index.write(MAIN, [file])
        index.put_vectors({file.chunks[0].id: unit(-1), file.chunks[1].id: unit(1) * 0})
        hits = index.semantic(scope(SHOP), unit(1), 5)
        assert [hit.chunk.text for hit in hits] == ["two", "one"]
        assert [hit.score for hit in hits] == pytest.approx([0.0, -1.0], abs=2e-3)

    def test_invisible_chunks_do_not_displace_visible_ones(self, index: Index) -> None:
        theirs = [source(f"{n}.py", "alpha alpha alpha", branch=OTHER) for n in range(150)]
        mine = [source(f"{n}.py", f"alpha and a lot of other words {n}") for n in range(5)]
        index.write(OTHER, theirs)
        index.write(MAIN, mine)
        index.put_vectors({file.chunks[0].id: unit(1) for file in theirs})
        index.put_vectors({file.chunks[0].id: unit(0.1, 1) for file in mine})
        wanted = {file.chunks[0].id for file in mine}
        assert {hit.chunk.id for hit in index.lexical(scope(SHOP), "alpha", 5)} == wanted
        assert {hit.chunk.id for hit in index.semantic(scope(SHOP), unit(1), 5)} == wanted
        assert len(index.lexical(scope(SHOP, BANK), "alpha", 5)) == 5
        assert all(hit.chunk.branch == OTHER for hit in index.semantic(scope(SHOP, BANK), unit(1), 5))

    def test_replaced_chunks_do_not_displace_present_ones(self, index: Index) -> None:
        for number in range(8):
            file = source("a.py", f"alpha {number}")
            index.write(MAIN, [file])
            index.put_vectors({file.chunks[0].id: unit(1)})
            assert [hit.chunk for hit in index.lexical(scope(SHOP), "alpha", 1)] == list(file.chunks)
            assert [hit.chunk for hit in index.semantic(scope(SHOP), unit(1), 1)] == list(file.chunks)

    def test_content_outside_the_scope_is_not_found(self, index: Index) -> None:
        symbols = FileSymbols(
            (definition("Vault.open"),), (call("unlock", 2, "Vault.open"),), (Import("os", "", "os", 1),)
        )
        file = source("vault.py", "alpha", branch=OTHER, symbols=symbols)
        index.write(OTHER, [file])
        index.put_vectors({file.chunks[0].id: unit(1)})
        assert len(index.chunks(scope(BANK), ids(file.chunks))) == 1  # or the following checks would prove nothing
        assert index.definitions(scope(BANK), "open")
        for blind in (scope(SHOP), scope()):
            assert not index.lexical(blind, "alpha", 5)
            assert not index.semantic(blind, unit(1), 5)
            assert index.chunks(blind, ids(file.chunks)) == {}
            assert not index.file(blind, OTHER, "vault.py")
            assert not index.definitions(blind, "open")
            assert not index.references(blind, "unlock")
            assert not index.references_within(blind, OTHER, "vault.py", "Vault.open")
            assert not index.imports(blind, OTHER, "vault.py")
            assert index.counts(blind) == Counts(files=0, chunks=0, unembedded=0)

    def test_a_scope_of_another_tenant_is_refused_everywhere(self, index: Index) -> None:
        index.write(MAIN, [source("a.py", "alpha")])
        alien = scope(SHOP, tenant="globex")
        reads: list[Callable[[], Any]] = [
            lambda: index.lexical(alien, "alpha", 5),
            lambda: index.semantic(alien, unit(1), 5),
            lambda: index.chunks(alien, ["0" * 32]),
            lambda: index.file(alien, MAIN, "a.py"),
            lambda: index.definitions(alien, "a"),
            lambda: index.references(alien, "a"),
            lambda: index.references_within(alien, MAIN, "a.py", ""),
            lambda: index.imports(alien, MAIN, "a.py"),
            lambda: index.counts(alien),
        ]
        for read in reads:
            with pytest.raises(AccessFault):
                read()

    def test_narrowing_reduces_the_hits_and_never_adds_any(self, index: Index) -> None:
        placed = {MAIN: "python", NEXT: "go", OTHER: "python"}
        for branch, language in placed.items():
            file = source("a", "alpha", branch=branch, language=language)
            index.write(branch, [file])
            index.put_vectors({file.chunks[0].id: unit(1)})

        def seen(narrowing: Narrowing) -> set[Branch]:
            lexical = {hit.chunk.branch for hit in index.lexical(scope(SHOP), "alpha", 9, narrowing)}
            assert {hit.chunk.branch for hit in index.semantic(scope(SHOP), unit(1), 9, narrowing)} == lexical
            return lexical

        assert seen(Narrowing()) == {MAIN, NEXT}
        assert seen(Narrowing(branches=frozenset({"main"}))) == {MAIN}
        assert seen(Narrowing(languages=frozenset({"go", "cobol"}))) == {NEXT}
        assert seen(Narrowing(repositories=frozenset({SHOP, BANK}))) == {MAIN, NEXT}
        for nothing in (
            Narrowing(repositories=frozenset({BANK})),
            Narrowing(repositories=frozenset()),
            Narrowing(languages=frozenset()),
            Narrowing(branches=frozenset()),
            Narrowing(languages=frozenset({"go"}), branches=frozenset({"main"})),
        ):
            assert seen(nothing) == set()

    def test_chunks_are_read_by_id_within_the_scope(self, index: Index) -> None:
        files = [source(f"{n}.py", *(f"text {n} {m}" for m in range(30))) for n in range(50)]
        index.write(MAIN, files)
        wanted = {chunk.id: chunk for file in files for chunk in file.chunks}
        assert len(wanted) == 1500
        assert index.chunks(scope(SHOP), [*wanted, "0" * 32, "no id at all"]) == wanted

    def test_definitions_are_found_by_simple_and_by_qualified_name(self, index: Index) -> None:
        symbols = FileSymbols((definition("shop.Cart.pay"), definition("Order.pay", 20), definition("payment", 40)))
        index.write(MAIN, [source("b.py", "x", symbols=symbols)])
        index.write(NEXT, [source("a.py", "x", symbols=FileSymbols((definition("pay"),)), branch=NEXT)])

        def found(name: str) -> list[tuple[Branch, str, str]]:
            every = index.definitions(scope(SHOP), name)
            return [(each.branch, each.path, each.definition.qualified_name) for each in every]

        assert found("pay") == [
            (MAIN, "b.py", "shop.Cart.pay"),
            (MAIN, "b.py", "Order.pay"),
            (NEXT, "a.py", "pay"),
        ]
        assert found("Cart.pay") == [(MAIN, "b.py", "shop.Cart.pay")]
        assert found("art.pay") == []
        assert found("Pay") == []
        assert index.definitions(scope(SHOP), "Order.pay")[0].definition == symbols.definitions[1]

    def test_references_and_mentions_are_found(self, index: Index) -> None:
        one = FileSymbols(references=(call("charge", 3, "Cart.pay"), call("log", 5, "Cart.pay"), call("log", 30, "")))
        index.write(MAIN, [source("a.py", "x", symbols=one), source("b.py", "x", symbols=FileSymbols((), one[1][1:2]))])
        seen = scope(SHOP)
        assert [(each.path, each.reference) for each in index.references(seen, "log")] == [
            ("a.py", one.references[1]),
            ("a.py", one.references[2]),
            ("b.py", one.references[1]),
        ]
        within = index.references_within(seen, MAIN, "a.py", "Cart.pay")
        assert [each.reference for each in within] == list(one.references[:2])
        assert all((each.branch, each.path) == (MAIN, "a.py") for each in within)
        assert not index.references_within(seen, MAIN, "a.py", "Cart")

    def test_imports_of_a_file_are_found(self, index: Index) -> None:
        imports = (Import("os", "", "os", 1), Import("decimal", "Decimal", "D", 2))
        index.write(MAIN, [source("a.py", "x", symbols=FileSymbols((), (), imports))])
        assert list(index.imports(scope(SHOP), MAIN, "a.py")) == list(imports)
        assert not index.imports(scope(SHOP), MAIN, "b.py")

    def test_unusual_paths_and_texts_are_stored_unchanged(self, index: Index) -> None:
        paths = ["ünï.py", "a b.py", "\\xff.py", "quote\"'.py", "-.py", "new\nline.py", "deep/" * 200 + "x.py"]
        texts = ["", "\0 nul", "\r\n\t", "🙂 emoji", "\u2028", '{"json": [1]}', "x" * 200_000]
        files = [source(path, *texts) for path in paths]
        index.write(MAIN, files)
        for file in files:
            assert list(index.file(scope(SHOP), MAIN, file.path)) == list(file.chunks)
        assert index.blobs(MAIN) == {file.path: file.blob for file in files}
