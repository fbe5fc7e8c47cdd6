"""The address of a cited chunk on its Git host."""

from urllib.parse import quote

from codekeep_runtime.core import LOCAL_HOST, Chunk


def citation_url(chunk: Chunk, gitlab_hosts: frozenset[str] = frozenset()) -> str:
    """The address in GitHub's form, or GitLab's for its hosts. Every part but the host is percent-encoded. "" for a
    local chunk.
    """
    repository = chunk.branch.repository
    if repository.host.casefold() == LOCAL_HOST:
        return ""
    is_gitlab = repository.host in gitlab_hosts or repository.host.startswith("gitlab.")
    blob, last_line = ("/-/blob", f"{chunk.end_line}") if is_gitlab else ("/blob", f"L{chunk.end_line}")
    path = "/".join(map(_encoded, (repository.owner, repository.name)))
    lines = f"#L{chunk.start_line}-{last_line}"
    return f"https://{repository.host}/{path}{blob}/{_encoded(chunk.commit)}/{_encoded(chunk.path)}{lines}"


def _encoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogateescape"), safe="/")
