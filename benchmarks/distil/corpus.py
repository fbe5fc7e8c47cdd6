"""Docstrings and the code they describe, of pinned packages under permissive licences."""

import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

from codekeep_runtime.embed.text import embedding_text

from benchmarks.quality.functions import functions
from benchmarks.quality.packages import MEASURED, TUNED_ON, unpacked

PACKAGES = Path(__file__).with_name("packages.txt")
MEASURED_ON = frozenset(
    {"flask", "requests", "click", "jinja2", "werkzeug", "rich", "httpx", "pydantic", "sqlalchemy"}
    | {"django", "networkx", "pandas", "sklearn", "sympy", "tornado", "aiohttp", "celery"}
)
"""Import names of the packages that quality is measured on. Copies in other packages are not learned from either."""

HELD_OUT = frozenset({"dask", "docutils", "gitpython", "joblib", "mitmproxy", "mypy", "nilearn", "nltk", "pip"}) | {
    *("scikit-image", "scrapy", "trio", "wagtail", "zarr", "bokeh")
}
"""Packages on which the parameters of training were chosen; not learned from."""

_MOST_PAIRS, _FILE_BYTES = 3_000, 400_000  # pairs of a package, bytes of a file
_NOT_LEARNED_FROM = re.compile(r"(^|/)(tests?|_?vendor(ed)?|_?extern(al)?s?|third_?party)/|_pb2")
_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_24_x86_64", "manylinux2014_x86_64", "any")
_WHEEL = ("--only-binary", ":all:", "--python-version", "3.12", "--implementation", "cp")
_TAGS = tuple(f"--abi={abi}" for abi in ("cp312", "abi3", "none")) + tuple(f"--platform={each}" for each in _PLATFORMS)


class Pair(NamedTuple):
    package: str
    question: str
    document: str


def pairs(wheels: Path) -> list[Pair]:
    """All pairs in a fixed order. Downloads missing wheels into `wheels`."""
    pinned = PACKAGES.read_text().split()
    with Pool(2) as pool:
        found = pool.starmap(_of_package, [(package, wheels) for package in pinned], chunksize=1)
    return [pair for some in found for pair in some]


def measured_sentences() -> frozenset[str]:
    """First sentences of the docstrings that quality is measured with, in lower case; none is used for training."""
    with Pool(2) as pool:
        found = pool.starmap(_sentences, [*TUNED_ON.items(), *MEASURED.items()], chunksize=1)
    return frozenset(sentence for some in found for sentence in some)


def _sentences(package: str, version: str) -> set[str]:
    found = functions(package, unpacked(package, version), sys.maxsize)
    return {each.sentence.casefold() for each in found if each.sentence}


def _of_package(pinned: str, wheels: Path) -> list[Pair]:
    package = pinned.partition("==")[0]
    with tempfile.TemporaryDirectory() as folder:
        _unpack(_wheel(pinned, wheels), Path(folder))
        described = [each for each in functions(package, Path(folder), sys.maxsize) if each.sentence][:_MOST_PAIRS]
    return [Pair(package, each.sentence, embedding_text(each.chunk)) for each in described]


def _wheel(pinned: str, wheels: Path) -> Path:
    folder = wheels / hashlib.sha256(pinned.encode()).hexdigest()[:16]
    if not list(folder.glob("*.whl")):
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps")
        subprocess.run([*pip, *_WHEEL, *_TAGS, "--dest", str(folder), pinned], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _unpack(wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in _learned_from(archive):
            archive.extract(name, target)


def _learned_from(archive: zipfile.ZipFile) -> Iterator[str]:
    for held in archive.infolist():
        name = held.filename
        if not name.endswith(".py") or held.file_size > _FILE_BYTES or _NOT_LEARNED_FROM.search(name):
            continue
        if not MEASURED_ON & set(name.split("/")[:-1]):
            yield name
