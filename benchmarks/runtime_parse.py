"""Speed of parsing, cutting and finding symbols in MB per CPU second, compared with LlamaIndex's CodeSplitter.

Run it with `make bench BENCHMARKS=runtime_parse`. The corpus is the installed source, and folders that are arguments of
the module. The peer only cuts; ours finds symbols and imports too. Both use the same parser, whose own speed, the upper
bound, is printed too.
"""

import gc
import statistics
import sys
import sysconfig
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from codekeep_runtime.parse.language import language_of
from codekeep_runtime.parse.parser import parse
from llama_index.core.node_parser import CodeSplitter
from tree_sitter_language_pack import get_parser

ROUNDS = 3
MOST_BYTES = 6_000_000  # per language
FILE_BYTES = (200, 1_000_000)  # sizes that ingest does not treat as data
GOAL_MB, GOAL_RATIO = 4.0, 5.0
PEER_NAMES = {"csharp": "c_sharp"}
WAYS = ("ours", "peer", "parser alone")


class Source(NamedTuple):
    path: str
    language: str
    text: str


def main() -> int:
    corpus = _corpus(_roots())
    gc.freeze()  # the peer's many objects would slow garbage collection for both
    print(f"{'language':<12}{'files':>7}{'MB':>7}{'pieces':>9}{'symbols':>10}" + "".join(f"{way:>18}" for way in WAYS))
    totals: dict[str, float] = defaultdict(float)
    for language, files in sorted(corpus.items(), key=lambda each: -_size(each[1])):
        spent = _seconds(language, files)
        size = _size(files) / 1e6
        for way in WAYS:
            totals[way] += spent[way]
        totals["size"] += size
        pieces, symbols = _found(files)
        speeds = "".join(f"{size / spent[way]:>13.2f} MB/s" for way in WAYS)
        print(f"{language:<12}{len(files):>7}{size:>7.1f}{pieces:>9}{symbols:>10}{speeds}")
    speed = totals["size"] / totals["ours"]
    ratio, bound = totals["peer"] / totals["ours"], totals["parser alone"] / totals["ours"]
    print(f"all: {speed:.2f} MB/s on one core (goal {GOAL_MB}); {ratio:.2f} x the peer (goal {GOAL_RATIO}), ", end="")
    print(f"{bound:.2f} x the parser alone")
    return 0


def _seconds(language: str, files: Sequence[Source]) -> dict[str, float]:
    """Median CPU seconds that each of WAYS takes for all files; they take turns."""
    ways = dict(zip(WAYS, (_ours, _peer(language), _bare(language)), strict=True))
    spent: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, run in ways.items():
            started = time.process_time()
            for each in files:
                run(each)
            spent[way].append(time.process_time() - started)
    return {way: statistics.median(each) for way, each in spent.items()}


def _ours(source: Source) -> None:
    parse(*source)


def _peer(language: str) -> Callable[[Source], Any]:
    """The peer's splitter. Files that it refuses (syntax errors, deep nesting) count, since it parses them."""
    splitter = CodeSplitter(language=language, max_chars=1800, parser=get_parser(_pack_name(language)))

    def split(source: Source) -> None:
        try:
            splitter.split_text(source.text)
        except (ValueError, RecursionError):
            return

    return split


def _bare(language: str) -> Callable[[Source], Any]:
    parser = get_parser(_pack_name(language))
    return lambda source: parser.parse(source.text.encode("utf-8", "replace"))


def _pack_name(language: str) -> Any:
    return PEER_NAMES.get(language, language)


def _found(files: Sequence[Source]) -> tuple[int, int]:
    parsed = [parse(*each) for each in files]
    symbols = [each.symbols for each in parsed]
    return sum(len(each.pieces) for each in parsed), sum(
        len(each.definitions) + len(each.references) for each in symbols
    )


def _corpus(roots: Sequence[Path]) -> dict[str, list[Source]]:
    """Sources by language, for languages with enough of them; JSON and configuration have no grammar."""
    found: dict[str, list[Source]] = defaultdict(list)
    for source in _sources(roots):
        if _size(found[source.language]) < MOST_BYTES:
            found[source.language].append(source)
    return {language: files for language, files in found.items() if _size(files) > 200_000}


def _sources(roots: Sequence[Path]) -> Iterator[Source]:
    for path in (path for root in roots for path in sorted(root.rglob("*"))):
        if path.is_symlink() or not path.is_file() or not FILE_BYTES[0] <= path.stat().st_size <= FILE_BYTES[1]:
            continue
        language = language_of(path.name, path.open("rb").read(512))
        if language and language not in ("json", "yaml", "toml", "dockerfile", "markdown") and ".min." not in path.name:
            yield Source(path.name, language, path.read_text("utf-8", "replace"))


def _roots() -> list[Path]:
    paths = sysconfig.get_paths()
    installed = next(Path(each) for each in sys.path if each.endswith("site-packages") and ".venv" in each)
    return [installed, Path(paths["stdlib"]), Path(paths["include"]), *map(Path, sys.argv[1:])]


def _size(files: Sequence[Source]) -> int:
    return sum(len(each.text) for each in files)


if __name__ == "__main__":
    sys.exit(main())
