"""The files of a commit, as `git ls-tree -r -z -l` lists them."""

from collections.abc import Iterator
from dataclasses import dataclass

from codekeep_runtime.core import SkipReason

_SYMLINK, _GITLINK = b"120000", b"160000"
_MAX_PATH_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """`skip` says why the entry is not read; then `path` may be escaped."""

    path: str
    blob: str
    size: int
    skip: SkipReason | None


def entries(listing: bytes) -> Iterator[Entry]:
    """All entries; those that are not plain files have a reason to skip them."""
    for line in listing.split(b"\0"):
        if not line:
            continue
        facts, _, name = line.partition(b"\t")
        mode, kind, blob, size = facts.split()
        yield Entry(
            path=name.decode("utf-8", "backslashreplace"),
            blob=blob.decode(),
            size=int(size) if size != b"-" else 0,
            skip=_reason(mode, kind, name, size),
        )


def _reason(mode: bytes, kind: bytes, name: bytes, size: bytes) -> SkipReason | None:
    if mode == _GITLINK or kind == b"commit":
        return SkipReason.SUBMODULE
    if not _is_safe(name):
        return SkipReason.UNSAFE_PATH
    if mode == _SYMLINK:
        return SkipReason.SYMLINK
    return SkipReason.EMPTY if size == b"0" else None


def _is_safe(name: bytes) -> bool:
    """Whether it is a relative path of printable UTF-8 that leads nowhere else."""
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return False
    if len(name) > _MAX_PATH_BYTES or not text.isprintable() or "\\" in text:
        return False
    return all(part not in ("", ".", "..") and part.lower() != ".git" for part in text.split("/"))
