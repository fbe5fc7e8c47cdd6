"""Reasons why a file is not in the index. Every skipped file has one."""

from enum import StrEnum


class SkipReason(StrEnum):
    BINARY = "binary"
    GENERATED = "generated"
    VENDORED = "vendored"
    TOO_LARGE = "too-large"
    MINIFIED = "minified"
    LICENCE = "licence"
    SECRET = "secret"  # noqa: S105 - a file made to hold one, such as a private key or .env
    SUBMODULE = "submodule"
    LFS_POINTER = "lfs-pointer"
    SYMLINK = "symlink"
    UNSAFE_PATH = "unsafe-path"
    EMPTY = "empty"
    QUARANTINED = "quarantined"  # processing failed; retried with backoff
