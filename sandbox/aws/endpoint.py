"""The safety rule of the stand-in: it connects to the loopback interface only."""

import os
from urllib.parse import urlsplit

from codekeep_contracts.sandbox_variables import SANDBOX_ENDPOINT

from sandbox.aws.errors import StandInError, UnsafeEndpointError
from sandbox.loopback import is_loopback


def endpoint_from_environment() -> str:
    """Endpoint of the sandbox account. Raises UnsafeEndpointError if it is not set or not on loopback."""
    url = os.environ.get(SANDBOX_ENDPOINT, "")
    if not url:
        raise StandInError(
            f"{SANDBOX_ENDPOINT} is not set: start the sandbox account with `codekeep sandbox start` "
            "and take the variables from `codekeep sandbox env`"
        )
    return require_loopback(url)


def require_loopback(url: str) -> str:
    """Gives the URL back when it is plain HTTP to a loopback address; raises UnsafeEndpointError otherwise."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http" or parts.username or not is_loopback(host):
        raise UnsafeEndpointError(
            f"refused endpoint {url!r}: the sandbox only talks to http://127.0.0.1:PORT, http://[::1]:PORT or "
            f"http://localhost:PORT; set {SANDBOX_ENDPOINT} from `codekeep sandbox env`"
        )
    return url
