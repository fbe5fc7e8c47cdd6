"""What a question asks for, in the forms in which code may write it."""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple, Self

from codekeep_runtime.index.analysis import query_terms
from codekeep_runtime.retrieval.terms import stem, telling

SHORTEST = 3  # letters of an abbreviation


class Asked(NamedTuple):
    """Stems of the question's words, each with its forms: `directory` is also written `dir`, `file name` `filename`."""

    forms: Mapping[str, frozenset[str]]  # of the words that tell something
    written: frozenset[str]  # all forms of all words

    @classmethod
    def of(cls, question: str) -> Self:
        words = query_terms(question)
        forms = {stem(word): {stem(word), *_abbreviations(stem(word))} for word in words}
        for first, second in pairwise(words):
            for word in (first, second):
                forms[stem(word)].add(stem(first + second))
        told = telling(question) or forms.keys()
        return cls(
            {word: frozenset(forms[word]) for word in told},
            frozenset(form for each in forms.values() for form in each),
        )


def _abbreviations(word: str) -> list[str]:
    return [word[:end] for end in range(SHORTEST, len(word))]
