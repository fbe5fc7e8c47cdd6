"""The REST API of a Git host: JSON, pages and rate limits. Redirects are not followed."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

MAX_PAGES = 200
MAX_CACHED = 20_000  # pages with an ETag


class NotFoundOnHost(Exception):  # noqa: N818 - a state of the host
    """The host has no such repository (any more): nobody may read it."""


class NotConfirmed(Exception):  # noqa: N818 - a state of the host
    """The host gave no usable answer. Its last answer counts until it is stale."""


class RateLimited(NotConfirmed):
    """The host limits the rate of requests and answers none for a while."""


class HostApi:
    """
    Args:
        client: does not follow redirects; has a timeout.
        base: "https://host/api/v3" or "https://host/api/v4".
        headers: with the credential. They are sent to no other origin, whatever a page links to.
    """

    def __init__(self, client: httpx.Client, base: str, headers: Mapping[str, str]) -> None:
        self._client, self._base, self._headers = client, base.rstrip("/"), dict(headers)
        self._cached: dict[str, tuple[str, httpx.Response]] = {}

    def get(self, path: str) -> dict[str, Any]:
        """
        Raises:
            NotFoundOnHost, NotConfirmed: see there.
        """
        found = _json(self._get(self._base + path))
        if not isinstance(found, dict):
            raise NotConfirmed
        return found

    def get_all(self, path: str) -> Iterator[dict[str, Any]]:
        """The items of every page.

        Raises:
            NotFoundOnHost, NotConfirmed: see there; a later page may raise too, so collect all before using any.
        """
        url: str | None = self._base + path
        for _ in range(MAX_PAGES):
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
        etag, cached = self._cached.get(url, ("", None))
        headers = {**self._headers, **({"if-none-match": etag} if cached else {})}
        try:
            response = self._client.get(url, headers=headers, follow_redirects=False)
        except httpx.HTTPError:
            raise NotConfirmed from None
        if response.status_code == 304 and cached is not None:
            return cached
        _check(response)
        if "etag" in response.headers and len(self._cached) < MAX_CACHED:
            self._cached[url] = (response.headers["etag"], response)
        return response

    def _next(self, url: str, response: httpx.Response) -> str | None:
        link = response.links.get("next", {}).get("url")
        if link is None:
            return None
        target = urljoin(url, link)
        if urlsplit(target)[:2] != urlsplit(self._base)[:2]:
            raise NotConfirmed
        return target


def _check(response: httpx.Response) -> None:
    status = response.status_code
    if status == 200:
        return
    if status in (404, 410, 451) or response.is_redirect:  # moved: grants must name its new path
        raise NotFoundOnHost
    if status == 429 or response.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in response.headers:
        raise RateLimited
    raise NotConfirmed


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        raise NotConfirmed from None
