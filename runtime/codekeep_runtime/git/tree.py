"""The files of a commit, as `git ls-tree -r -z -l` lists them."""

from collections.abc import Iterator
from dataclasses import dataclass

from codekeep_runtime.core.skip import SkipReason

_SYMLINK, _GITLINK = b"120000", b"160000"
_LONGEST = 4096  # bytes of a path


@dataclass(frozen=True, slots=True)
class Entry:
    """`skip` says why it is no file to read; then `path` may be altered where it could not be written as it is."""

    path: str
    blob: str
    size: int
    skip: SkipReason | None


def entries(listing: bytes) -> Iterator[Entry]:
    """Nothing is left out: what is no plain file has its reason."""
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
    """A relative path that every system can name: UTF-8, no control characters, nothing that leads elsewhere."""
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return False
    if len(name) > _LONGEST or not text.isprintable() or "\\" in text:
        return False
    return all(part not in ("", ".", "..") and part.lower() != ".git" for part in text.split("/"))
