"""Reduces texts to sets of stems, to compare a question with code. The stemmer is rough, and the same for both."""

from functools import lru_cache

from codekeep_runtime.core import Chunk
from codekeep_runtime.index.analysis import query_terms, words

COMMON = frozenset(
    words(
        "a about an and any are as at be by can code codebase could do does done file find for from function get "
        "given has have how i if in into is it its me my of on or our please project repository return returns show "
        "should tell that the their there these this those to us use used uses using was we were what when where "
        "which who why will with would you "
    )
)
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "s", "y", "e")


def content_stems(text: str) -> frozenset[str]:
    """Stems of a question's words without the common ones."""
    return frozenset(stem(word) for word in query_terms(text) if word not in COMMON and len(word) > 1)


def stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, set(words(text))))


def chunk_stems(chunk: Chunk) -> frozenset[str]:
    return stems(f"{chunk.path} {chunk.symbol} {chunk.text}")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
