"""Why a file is not in the index: always one of these, never silence."""

from enum import StrEnum


class SkipReason(StrEnum):
    BINARY = "binary"
    GENERATED = "generated"
    VENDORED = "vendored"
    TOO_LARGE = "too-large"
    MINIFIED = "minified"
    LICENCE = "licence"
    SECRET = "secret"  # noqa: S105 - a file whose purpose is to hold one (a private key, .env), left out as a whole
    SUBMODULE = "submodule"
    LFS_POINTER = "lfs-pointer"
    SYMLINK = "symlink"
    UNSAFE_PATH = "unsafe-path"
    EMPTY = "empty"
    QUARANTINED = "quarantined"  # it failed; retried with backoff
