"""The packages of the reviewed questions, ingested as repositories are."""

import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.ingest.embedding import Embedding
from codekeep_runtime.ingest.ingest import Ingest
from codekeep_runtime.ingest.source import Source

from benchmarks.quality.packages import unpacked
from benchmarks.quality.questions import Place, Question, Repository, lines_of
from benchmarks.quality.searches import TENANT

AUTHOR = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
LEAST_LINES = 3  # of a place that a chunk must hold, where the place has so many


def ingested(folder: Path, repositories: Collection[Repository], embedder: Embedder) -> EmbeddedIndex:
    index = EmbeddedIndex.open(folder / "index", TENANT, embedder.version, embedder.dimension)
    sources = [
        Source(repository=id_of(each), location=str(_committed(folder / each.name, each))) for each in repositories
    ]
    manifest = Ingest(index, Embedding(index, embedder), folder / "state").run(sources)
    assert manifest.is_complete, manifest.failures
    return index


def id_of(repository: Repository) -> RepositoryId:
    return RepositoryId("pypi.org", repository.name, repository.name)


def _committed(folder: Path, repository: Repository) -> Path:
    package = unpacked(repository.name, repository.version) / repository.folder
    shutil.copytree(package, folder / repository.folder)
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], [*AUTHOR, "commit", "-q", "-m", repository.version]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


class Answers:
    """Which of a question's places a chunk holds."""

    def __init__(self, question: Question) -> None:
        self.wanted = question.places
        self._repository = question.repository
        folder = unpacked(question.repository.name, question.repository.version) / question.repository.folder
        self._lines = {place: lines_of(place, folder) for place in question.places}

    def of(self, chunk: Chunk) -> list[Place]:
        if chunk.branch.repository != id_of(self._repository):
            return []
        return [place for place in self.wanted if self._holds(chunk, place)]

    def _holds(self, chunk: Chunk, place: Place) -> bool:
        if chunk.path != f"{self._repository.folder}/{place.path}":
            return False
        held = range(chunk.start_line, chunk.end_line + 1)
        return any(
            min(held.stop, lines.stop) - max(held.start, lines.start) >= min(LEAST_LINES, len(lines))
            for lines in self._lines[place]
        )
