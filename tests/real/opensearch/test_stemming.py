"""Both indexes analyze text alike: OpenSearch's `_analyze` against the embedded index, on the words of real code."""

import re
import sysconfig
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from codekeep_contracts.index_names import code_index
from codekeep_runtime.index.analysis import split_camel_case, words
from codekeep_runtime.index.embedded.text_index import analyzer
from codekeep_runtime.index.opensearch.mapping import CODE

from tests.real.opensearch.prefixes import Prefixes

BATCH = 5_000  # `_analyze` returns 10,000 tokens at most
# tantivy has Snowball 3, the Lucene of OpenSearch 2.19 Snowball 2: version 3 treats these words on their own, so that
# "university" is no longer stemmed like "universe", nor "added" to "ad".
CHANGED_BY_SNOWBALL_3 = re.compile(r"^(emerg|inter|later|organ|univers)|past|^[aeo](.)\2(ed|ing)")
IRREGULAR = (
    "skis skies dying lying tying idly gently ugly early only singly sky news howe atlas cosmos bias andes inning "
    "outing canning herring earring proceed exceed succeed generate general communism arsenal hopping hoping caresses "
    "flies ties cries agreed feed plastered bled motoring sing conflated troubled sized falling hissing fizzed failing "
    "filing happy relational conditional rational valenci hesitanci digitizer conformabli radicalli differentli vileli "
    "analogousli vietnamization predication operator feudalism decisiveness hopefulness callousness formaliti "
    "sensitiviti sensibiliti triplicate formative formalize electriciti electrical hopeful goodness revival allowance "
    "inference airliner gyroscopic adjustable defensible irritant replacement adjustment dependent adoption homologou "
    "activate angulariti homologous effective bowdlerize probate rate cease controll roll always annoy key naïve größe"
)


def vocabulary() -> Iterator[str]:
    """Words that stemmers treat specially, then distinct words of the standard library's modules."""
    seen: set[str] = set()
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py")):
        seen.update(word for word in words(path.read_text("utf-8", "replace")) if len(word) <= 64)
    yield from dict.fromkeys([*IRREGULAR.split(), *sorted(seen)])


def test_every_word_has_the_same_stem_on_both_sides(opener: Prefixes) -> None:
    opener.open("a")
    ours, every = analyzer(), vocabulary()
    checked, differ = 0, set()
    while batch := list(islice(every, BATCH)):
        text = " ".join(batch)
        answer = opener.store.client.indices.analyze(
            index=code_index(f"{opener.prefix}a_", "hash-1"), body={"analyzer": CODE, "text": text}
        )
        theirs, mine = [each["token"] for each in answer["tokens"]], ours.analyze(split_camel_case(text))
        assert len(theirs) == len(mine) == len(batch)
        differ |= {word for word, one, other in zip(batch, mine, theirs, strict=True) if one != other}
        checked += len(batch)
    assert checked > 10_000
    assert {word for word in differ if not CHANGED_BY_SNOWBALL_3.search(word)} == set()
    assert len(differ) < checked / 500
