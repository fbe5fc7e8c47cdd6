"""Documents as files: the shared tests, and properties of files."""

import stat
from pathlib import Path

import pytest
from codekeep_contracts.faults import AccessFault
from codekeep_runtime.access.files import FolderDocuments
from codekeep_runtime.access.watched import watched_document

from tests.runtime.access.shared_documents import DocumentsTests, Open


class TestFiles(DocumentsTests):
    @pytest.fixture
    def opened(self, tmp_path: Path) -> Open:
        return lambda: FolderDocuments(tmp_path / "access")


def test_files_are_named_after_documents_and_private(tmp_path: Path) -> None:
    documents = FolderDocuments(tmp_path / "access")
    documents.write("accounts.json", "{}", None)
    path = tmp_path / "access" / "accounts.json"
    assert documents.location("accounts.json") == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {each.name for each in path.parent.iterdir()} == {"accounts.json", ".lock"}


def test_a_folder_that_cannot_be_read_denies(tmp_path: Path) -> None:
    (tmp_path / "access").write_text("no folder")
    watched = watched_document(FolderDocuments(tmp_path / "access"), "accounts.json", int, missing=7)
    with pytest.raises(AccessFault):
        watched.current()
