"""One order of all candidates: both queries' scores, and a closer look at names and words."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from codekeep_runtime.retrieval.asked import Asked
from codekeep_runtime.retrieval.candidate import Candidate
from codekeep_runtime.retrieval.found import Found
from codekeep_runtime.retrieval.terms import stems

Weight = Callable[[str], float]


class Signals(NamedTuple):
    """Of one candidate; shares count rare words more."""

    by_words: float
    by_meaning: float
    asked_in_name: float  # the share of the question that the symbol's own name holds
    name_in_asked: float  # the share of that name that the question holds
    asked_in_chunk: float  # the share of the question that path, symbol and text hold
    length: float  # logarithm of the text's
    special: float  # 1 for names such as __init__, which say nothing


SHORT = 200  # characters of a text; a shorter one is no better for it
WEIGHTS = Signals(0.70, 0.87, 1.27, 0.97, 4.2, -0.15, -1.1)
"""Chosen on functions of packages of which no result is reported: docs/runtime/quality.md."""
WORDS_TO_MEANING = 2.0  # of the two scores where nothing else is known yet; chosen there, too


def shortlist(given: Sequence[Candidate], most: int) -> list[Candidate]:
    """Those that both queries' scores together speak for: a closer look costs 0.1 ms each."""

    def promise(each: Candidate) -> float:
        return WORDS_TO_MEANING * each.by_words + each.by_meaning

    return sorted(given, key=lambda each: (-promise(each), each.chunk.id))[:most]


def ranked(question: str, given: Sequence[Candidate]) -> list[Found]:
    """Best first; equal ones by chunk id."""
    found = [
        Found(each.chunk, _weighed(seen), each.lexical_rank, each.semantic_rank)
        for each, seen in zip(given, signals(question, given), strict=True)
    ]
    return sorted(found, key=lambda each: (-each.score, each.chunk.id))


def signals(question: str, given: Sequence[Candidate]) -> list[Signals]:
    """In the order of the candidates, each seen among the others."""
    asked = Asked.of(question)
    held = [stems(f"{each.chunk.path} {each.chunk.symbol} {each.chunk.text}") for each in given]
    rarity = {word: _rarity(forms, held) for word, forms in asked.forms.items()}
    name_rarity = cache(lambda word: _rarity(frozenset((word,)), held))
    return [_signals(each, asked, words, rarity, name_rarity) for each, words in zip(given, held, strict=True)]


def _signals(
    candidate: Candidate, asked: Asked, held: frozenset[str], rarity: Mapping[str, float], name_rarity: Weight
) -> Signals:
    name = candidate.chunk.symbol.rpartition(".")[2]
    named = stems(name)
    return Signals(
        by_words=candidate.by_words,
        by_meaning=candidate.by_meaning,
        asked_in_name=_share_of_question(asked, named, rarity),
        name_in_asked=_share_of_name(named, asked.written, name_rarity),
        asked_in_chunk=_share_of_question(asked, held, rarity),
        length=math.log(max(len(candidate.chunk.text), SHORT)),
        special=float(name.startswith("__") and name.endswith("__")),
    )


def _weighed(seen: Signals) -> float:
    return sum(each * by for each, by in zip(seen, WEIGHTS, strict=True))


def _rarity(forms: frozenset[str], held: Sequence[frozenset[str]]) -> float:
    """How much a word tells among these candidates."""
    holding = sum(not forms.isdisjoint(words) for words in held)
    return math.log1p(len(held) / (holding + 0.5))


def _share_of_question(asked: Asked, held: frozenset[str], rarity: Mapping[str, float]) -> float:
    whole = sum(rarity.values())
    return (
        sum(rarity[word] for word, forms in asked.forms.items() if not forms.isdisjoint(held)) / whole if whole else 0.0
    )


def _share_of_name(name: frozenset[str], asked: frozenset[str], rarity: Weight) -> float:
    whole = sum(map(rarity, name))
    return sum(map(rarity, name & asked)) / whole if whole else 0.0
