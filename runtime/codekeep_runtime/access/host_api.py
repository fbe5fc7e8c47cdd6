"""The REST of a Git host as far as permissions need it: JSON, pages, limits. Redirects are not followed."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

MOST_PAGES = 200
REMEMBERED = 20_000  # pages with an ETag


class NotThere(Exception):  # noqa: N818 - a state of the host's
    """The host says that there is no such repository here (any more): nobody reads it."""


class NotConfirmed(Exception):  # noqa: N818 - the same
    """The host did not say. What it said last counts until that is too old."""


class RateLimited(NotConfirmed):
    """It will not say anything for a while."""


class HostApi:
    """
    Args:
        client: does not follow redirects; carries a timeout.
        base: "https://host/api/v3" or "https://host/api/v4".
        headers: with the credential. They go to no other origin, whatever a page's links say.
    """

    def __init__(self, client: httpx.Client, base: str, headers: Mapping[str, str]) -> None:
        self._client, self._base, self._headers = client, base.rstrip("/"), dict(headers)
        self._known: dict[str, tuple[str, httpx.Response]] = {}

    def one(self, path: str) -> dict[str, Any]:
        """
        Raises:
            NotThere, NotConfirmed: see there.
        """
        found = _json(self._get(self._base + path))
        if not isinstance(found, dict):
            raise NotConfirmed
        return found

    def all(self, path: str) -> Iterator[dict[str, Any]]:
        """Of every page.

        Raises:
            NotThere, NotConfirmed: see there; also of the tenth page, so take all before using any.
        """
        url: str | None = self._base + path
        for _ in range(MOST_PAGES):
            if url is None:
                return
            response = self._get(url)
            page = _json(response)
            if not isinstance(page, list) or not all(isinstance(each, dict) for each in page):
                raise NotConfirmed
            yield from page
            url = self._next(url, response)
        if url is not None:
            raise NotConfirmed

    def _get(self, url: str) -> httpx.Response:
        etag, known = self._known.get(url, ("", None))
        headers = {**self._headers, **({"if-none-match": etag} if known else {})}
        try:
            response = self._client.get(url, headers=headers, follow_redirects=False)
        except httpx.HTTPError:
            raise NotConfirmed from None
        if response.status_code == 304 and known is not None:
            return known
        _refuse(response)
        if "etag" in response.headers and len(self._known) < REMEMBERED:
            self._known[url] = (response.headers["etag"], response)
        return response

    def _next(self, url: str, response: httpx.Response) -> str | None:
        link = response.links.get("next", {}).get("url")
        if link is None:
            return None
        target = urljoin(url, link)
        if urlsplit(target)[:2] != urlsplit(self._base)[:2]:
            raise NotConfirmed
        return target


def _refuse(response: httpx.Response) -> None:
    status = response.status_code
    if status == 200:
        return
    if status in (404, 410, 451) or response.is_redirect:  # moved: whoever is granted it is granted its new name
        raise NotThere
    if status == 429 or response.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in response.headers:
        raise RateLimited
    raise NotConfirmed


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        raise NotConfirmed from None
