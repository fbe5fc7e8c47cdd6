"""Ranks candidates by the scores of both queries and by the names and words they share with the question."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from codekeep_runtime.retrieval.candidate import Candidate
from codekeep_runtime.retrieval.found_chunk import FoundChunk
from codekeep_runtime.retrieval.question_terms import QuestionTerms
from codekeep_runtime.retrieval.terms import chunk_stems, stems

Weight = Callable[[str], float]


class Signals(NamedTuple):
    """Features of a candidate, of which `WEIGHTS` makes its score. Shares are from 0 to 1 and count rare words more."""

    lexical_score: float
    semantic_score: float
    question_in_name: float  # share of the question's words in the symbol's own name
    name_in_question: float  # share of that name's words in the question
    question_in_chunk: float  # share of the question's words in path, symbol and text
    length: float  # logarithm of the text's
    is_special: float  # 1 for names such as __init__, which say nothing


SHORT_CHARACTERS = 200  # a shorter text is no better for being short
WEIGHTS = Signals(0.70, 0.87, 1.27, 0.97, 4.2, -0.15, -1.1)
"""Chosen on functions of packages of which no result is reported: docs/runtime/quality.md."""
LEXICAL_TO_SEMANTIC = 2.0  # weight of the lexical score in the shortlist; chosen there, too


def shortlist(found: Sequence[Candidate], limit: int) -> list[Candidate]:
    """The best candidates by the sum of both scores: `rank_candidates` costs 0.1 ms for each."""

    def order(each: Candidate) -> tuple[float, str]:
        return -(LEXICAL_TO_SEMANTIC * each.lexical_score + each.semantic_score), each.chunk.id

    return sorted(found, key=order)[:limit]


def rank_candidates(question: str, found: Sequence[Candidate]) -> list[FoundChunk]:
    """Returns the candidates best first; equal ones by chunk id."""
    scored = [
        FoundChunk(each.chunk, _weighted_sum(candidate_signals), each.lexical_rank, each.semantic_rank)
        for each, candidate_signals in zip(found, signals(question, found), strict=True)
    ]
    return sorted(scored, key=lambda each: (-each.score, each.chunk.id))


def signals(question: str, found: Sequence[Candidate]) -> list[Signals]:
    """Signals of each candidate, in their order; a word is rare if few of these candidates have it."""
    terms = QuestionTerms.of(question)
    contents = [chunk_stems(each.chunk) for each in found]
    rarity = {word: _rarity(forms, contents) for word, forms in terms.forms.items()}
    name_rarity = cache(lambda word: _rarity(frozenset((word,)), contents))
    return [_signals(each, terms, content, rarity, name_rarity) for each, content in zip(found, contents, strict=True)]


def _signals(
    candidate: Candidate,
    terms: QuestionTerms,
    content: frozenset[str],
    rarity: Mapping[str, float],
    name_rarity: Weight,
) -> Signals:
    name = candidate.chunk.symbol.rpartition(".")[2]
    name_stems = stems(name)
    return Signals(
        lexical_score=candidate.lexical_score,
        semantic_score=candidate.semantic_score,
        question_in_name=_share_of_question(terms, name_stems, rarity),
        name_in_question=_share_of_name(name_stems, terms.all_forms, name_rarity),
        question_in_chunk=_share_of_question(terms, content, rarity),
        length=math.log(max(len(candidate.chunk.text), SHORT_CHARACTERS)),
        is_special=float(name.startswith("__") and name.endswith("__")),
    )


def _weighted_sum(candidate_signals: Signals) -> float:
    return sum(signal * weight for signal, weight in zip(candidate_signals, WEIGHTS, strict=True))


def _rarity(forms: frozenset[str], contents: Sequence[frozenset[str]]) -> float:
    """Inverse document frequency among these candidates."""
    count = sum(not forms.isdisjoint(content) for content in contents)
    return math.log1p(len(contents) / (count + 0.5))


def _share_of_question(terms: QuestionTerms, content: frozenset[str], rarity: Mapping[str, float]) -> float:
    total = sum(rarity.values())
    present = sum(rarity[word] for word, forms in terms.forms.items() if not forms.isdisjoint(content))
    return present / total if total else 0.0


def _share_of_name(name: frozenset[str], question: frozenset[str], rarity: Weight) -> float:
    total = sum(map(rarity, name))
    return sum(map(rarity, name & question)) / total if total else 0.0
