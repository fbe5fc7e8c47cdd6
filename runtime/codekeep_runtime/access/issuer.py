"""An issuer's JWKS document, located by its configuration document (OpenID Connect Discovery 1.0, section 4)."""

from typing import Any

from codekeep_contracts.faults import AccessFault

TIMEOUT_SECONDS = 5.0
MAX_BYTES = 1_000_000


def signing_keys(issuer: str) -> list[dict[str, Any]]:
    """
    Raises:
        AccessFault: the issuer cannot be reached, or its documents are invalid.
    """
    import httpx

    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client:
            found = _document(client, f"{issuer}/.well-known/openid-configuration")
            if found.get("issuer") != issuer:
                raise ValueError("issuer")
            keys = _document(client, _on_issuers_host(issuer, found["jwks_uri"]))["keys"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        raise AccessFault("the issuer's signing keys cannot be read") from None
    return [key for key in keys if isinstance(key, dict)]


def _document(client: Any, url: str) -> dict[str, Any]:
    response = client.get(url)
    response.raise_for_status()
    if len(response.content) > MAX_BYTES:
        raise ValueError("size")
    found = response.json()
    if not isinstance(found, dict):
        raise TypeError("document")
    return found


def _on_issuers_host(issuer: str, url: str) -> str:
    """Keys must come from the issuer's own host, since the private link leads to no other."""
    import httpx

    if httpx.URL(url).host != httpx.URL(issuer).host or httpx.URL(url).scheme != httpx.URL(issuer).scheme:
        raise ValueError("host")
    return url
