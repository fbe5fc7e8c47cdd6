from pathlib import Path

import pytest
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import Branch, RepositoryId
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.ingest.file_task import Job, RawFile, parse_source, process_files
from codekeep_runtime.screen import Policy
from codekeep_runtime.symbols.graph import SymbolGraph

SHOP = Branch(RepositoryId.parse("ghe/acme/shop"), "main")
OTHER = Branch(RepositoryId.parse("ghe/acme/other"), "main")


@pytest.fixture
def graph_of(tmp_path: Path):
    """Makes a graph over files as ingest writes them, and the scope of a reader who may see them."""
    index = EmbeddedIndex.open(tmp_path / "index", "acme", "none-1", 8)

    def make(files: dict[str, str], branch: Branch = SHOP, *, readable: tuple[Branch, ...] = (SHOP, OTHER)):
        raw = [RawFile(path, f"{hash(text) & 0xFFFFFFFF:040x}", text.encode()) for path, text in files.items()]
        outcomes = process_files(Job(branch, "c" * 40, Policy(), parse_source), raw)
        written = [each.file for each in outcomes if each.file]
        assert len(written) == len(files), outcomes
        index.write(branch, written)
        return SymbolGraph(index), Scope("acme", "ana", "shop", frozenset(each.repository for each in readable))

    yield make
    index.close()
