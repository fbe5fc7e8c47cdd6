"""The address of a chunk on its Git host."""

from urllib.parse import quote

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.repository import LOCAL_HOST


def address(chunk: Chunk, gitlab_hosts: frozenset[str] = frozenset()) -> str:
    """GitHub's form, or GitLab's for its hosts. Every part but the host is percent-encoded; "" for a local one."""
    repository = chunk.branch.repository
    if repository.host.casefold() == LOCAL_HOST:
        return ""
    is_gitlab = repository.host in gitlab_hosts or repository.host.startswith("gitlab.")
    blob, lines = ("/-/blob", f"{chunk.end_line}") if is_gitlab else ("/blob", f"L{chunk.end_line}")
    where = "/".join(_encoded(part) for part in (repository.owner, repository.name))
    anchor = f"#L{chunk.start_line}-{lines}"
    return f"https://{repository.host}/{where}{blob}/{_encoded(chunk.commit)}/{_encoded(chunk.path)}{anchor}"


def _encoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogateescape"), safe="/")
