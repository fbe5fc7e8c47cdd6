"""The words of a question, in the forms in which code may write them."""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple, Self

from codekeep_runtime.index.analysis import query_terms
from codekeep_runtime.retrieval.terms import content_stems, stem

ABBREVIATION_LETTERS_MIN = 3


class QuestionTerms(NamedTuple):
    """Stems of the question's words with their forms: `directory` is also written `dir`, `file name` `filename`."""

    forms: Mapping[str, frozenset[str]]  # of the content words
    all_forms: frozenset[str]  # of all words

    @classmethod
    def of(cls, question: str) -> Self:
        words = query_terms(question)
        forms = {stem(word): {stem(word), *_abbreviations(stem(word))} for word in words}
        for first, second in pairwise(words):
            for word in (first, second):
                forms[stem(word)].add(stem(first + second))
        content = content_stems(question) or forms.keys()
        return cls(
            {word: frozenset(forms[word]) for word in content},
            frozenset(form for each in forms.values() for form in each),
        )


def _abbreviations(word: str) -> list[str]:
    return [word[:end] for end in range(ABBREVIATION_LETTERS_MIN, len(word))]
