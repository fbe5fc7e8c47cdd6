"""The retriever: both queries, scope, narrowing, a missing embedder."""

from pathlib import Path

import numpy as np
import pytest
from codekeep_contracts.faults import AccessFault
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.embed.faults import EmbedFault
from codekeep_runtime.index.interface import Narrowing
from codekeep_runtime.retrieval import Retriever
from numpy.typing import NDArray

from tests.runtime.retrieval.world import BANK, BOTH, ONLY_SHOP, SHOP, Synonyms, index_of

FUNCTIONS = (
    (SHOP, "invoice.total", "def total(invoice): return vat(invoice)"),
    (SHOP, "customer.remove", "def remove(customer): customer.clear()"),
    (SHOP, "bill.printed", "def printed(bill): return str(bill)"),
    (BANK, "invoice.paid", "def paid(invoice): return invoice.is_paid"),
    (BANK, "rates.today", "def today(): return fetch('rates')"),
)


@pytest.fixture
def retriever(tmp_path: Path) -> Retriever:
    return Retriever(index_of(tmp_path, *FUNCTIONS), Synonyms())


def test_lexical_and_semantic_queries_both_find(retriever: Retriever) -> None:
    found = retriever.search(BOTH, "print a bill", 5)
    ranks = {each.chunk.symbol: (each.lexical_rank, each.semantic_rank) for each in found}
    assert found[0].chunk.symbol == "bill.printed"
    assert ranks["bill.printed"][0] == 1
    assert ranks["invoice.paid"][0] is None  # of no common word: found by its meaning
    assert ranks["invoice.paid"][1] is not None


def test_results_are_sorted_and_unique(retriever: Retriever) -> None:
    found = retriever.search(BOTH, "invoice", 5)
    scores = [each.score for each in found]
    assert len(found) == 5
    assert scores == sorted(scores, reverse=True)
    assert len({each.chunk.id for each in found}) == 5
    assert len(retriever.search(BOTH, "invoice", 2)) == 2


def test_results_are_within_the_scope(retriever: Retriever) -> None:
    found = retriever.search(ONLY_SHOP, "is the invoice paid, rates today", 10)
    assert len(found) == 3
    assert {each.chunk.branch.repository for each in found} == {SHOP}


def test_narrowing_reaches_both_queries(retriever: Retriever) -> None:
    found = retriever.search(BOTH, "invoice", 10, Narrowing(repositories=frozenset({BANK})))
    assert {each.chunk.symbol for each in found} == {"invoice.paid", "rates.today"}


def test_another_tenant_is_refused(retriever: Retriever) -> None:
    with pytest.raises(AccessFault):
        retriever.search(Scope("bolt", "0" * 16, "", frozenset({SHOP})), "invoice", 5)


@pytest.mark.parametrize(("text", "k"), [("", 5), ("  \n", 5), ("invoice", 0)])
def test_no_question_finds_nothing(retriever: Retriever, text: str, k: int) -> None:
    assert retriever.search(BOTH, text, k) == []


def test_a_query_without_known_words_still_gets_results(retriever: Retriever) -> None:
    assert len(retriever.search(BOTH, "(((\x00 OR AND NOT *:*", 5)) == 5


def test_without_the_embedder_the_lexical_query_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class UnavailableEmbedder(Synonyms):
        def query(self, text: str) -> NDArray[np.float32]:
            raise EmbedFault("the embedder's server cannot be reached")

    index = index_of(tmp_path, *FUNCTIONS)
    found = Retriever(index, UnavailableEmbedder()).search(BOTH, "printed bill", 5)
    assert [(each.chunk.symbol, each.semantic_rank) for each in found] == [("bill.printed", None)]
    errors = capsys.readouterr().err
    assert "embedder-not-reached" in errors
    assert "bill" not in errors
