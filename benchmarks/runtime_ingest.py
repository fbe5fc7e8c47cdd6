"""Time until a million lines are searchable by text, and until a push is. The corpus is the installed Python code.

Run it by `python -m benchmarks.runtime_ingest [LINES [PUSHES]]`.
"""

import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.ingest.embedding import Embedding
from codekeep_runtime.ingest.ingest import Ingest
from codekeep_runtime.ingest.source import Source
from numpy.typing import NDArray

LINES, PUSHES, PUSHED_FILES = 1_000_000, 30, 10
FILE_BYTES = 300_000  # larger ones are data
AUTHOR = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")


class OneVector:
    """An embedder that costs nothing: runtime_embed measures embedding, which follows after text is searchable."""

    version, dimension = "one-1", 8

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.full((len(texts), self.dimension), self.dimension**-0.5, np.float32)

    def query(self, text: str) -> NDArray[np.float32]:
        return self.documents([text])[0]


def main() -> None:
    lines, pushes = [int(each) for each in sys.argv[1:]] + [LINES, PUSHES][len(sys.argv) - 1 :]
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "code"
        copied, size = _copy(code, lines)
        _commit(code)
        index = EmbeddedIndex.open(Path(folder) / "index", "bench", "one-1", 8)
        ingest = Ingest(index, Embedding(index, OneVector()), Path(folder) / "state")
        seconds = _searchable(ingest, code)
        print(f"first ingest: {copied} lines, {size / 1e6:.0f} MB searchable by text after {seconds:.1f} s")
        _report(_pushes(code, ingest, index, pushes))
        index.close()


def _searchable(ingest: Ingest, code: Path) -> float:
    """Seconds from the start of a run until its text is searchable."""
    manifest = ingest.run([Source.at(str(code))])
    assert manifest.is_complete, manifest.failures
    return manifest.seconds["fetch"] + manifest.seconds["parse"]


def _pushes(code: Path, ingest: Ingest, index: EmbeddedIndex, count: int) -> Iterator[float]:
    """Seconds from each commit of PUSHED_FILES files until a word of it is found."""
    source = Source.at(str(code)).repository
    scope = Scope("bench", "0" * 16, "", frozenset({source}))
    files = sorted(code.rglob("*.py"))
    for number in range(count):
        word = f"freshness{number:04d}word"
        for file in files[number * PUSHED_FILES :][:PUSHED_FILES]:
            file.write_bytes(file.read_bytes() + f"\n\ndef {word}():\n    return 1\n".encode())
        _commit(code)
        spent = _searchable(ingest, code)
        assert index.lexical(scope, word, 1)
        yield spent


def _report(spent: Iterator[float]) -> None:
    values = sorted(spent)
    p95 = values[min(len(values) - 1, round(0.95 * len(values)))]
    print(f"push to searchable, {PUSHED_FILES} files: median {statistics.median(values):.2f} s, p95 {p95:.2f} s")


def _copy(code: Path, lines: int) -> tuple[int, int]:
    """Lines and bytes copied from the standard library and the installed packages."""
    copied = size = 0
    for name in ("stdlib", "purelib"):
        root = Path(sysconfig.get_paths()[name])
        for file in sorted(root.rglob("*.py")):
            data = file.read_bytes()
            if (
                len(data) > FILE_BYTES
                or "_vendor" in file.parts
                or (name == "stdlib" and "site-packages" in file.parts)
            ):
                continue
            target = code / name / file.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            copied, size = copied + data.count(b"\n"), size + len(data)
            if copied >= lines:
                return copied, size
    return copied, size


def _commit(code: Path) -> None:
    if not (code / ".git").exists():
        subprocess.run(["git", "init", "-q", code], check=True)
    subprocess.run(["git", "add", "-A", "-f"], cwd=code, check=True)
    subprocess.run(["git", *AUTHOR, "commit", "-q", "-m", "change"], cwd=code, check=True)


if __name__ == "__main__":
    main()
