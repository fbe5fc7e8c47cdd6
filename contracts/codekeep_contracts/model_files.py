"""Where a model's files are in the keep's bucket of models: a folder for each revision, and in it a list of checksums.

The list is written last: a revision without it is not there.
"""

import json
from collections.abc import Mapping
from typing import Final

LIST: Final = "files.json"


def model_key(revision: str, name: str, prefix: str) -> str:
    """The key of a model's file, or of its list."""
    return f"{prefix}models/{revision}/{name}"


def list_document(checksums: Mapping[str, str]) -> bytes:
    """The list: SHA-256 in hexadecimal by path inside the folder."""
    return json.dumps({"files": dict(checksums)}, sort_keys=True).encode()


def listed(document: bytes) -> Mapping[str, str]:
    """Checksums by path, from the list."""
    files: Mapping[str, str] = json.loads(document)["files"]
    return files
