"""Moto's state, looked at without making any: asking it for a backend makes one."""

from collections.abc import Iterator
from typing import Any


def accounts(service: str) -> list[str]:
    """The accounts that have used a service."""
    return list(_backends(service))


def backend_of(service: str, account: str, region: str) -> Any:
    """What a service has in an account and region; None where nobody has used it there."""
    return dict(_backends(service).get(account, {}).items()).get(region)


def stored(service: str, account: str, attribute: str) -> Iterator[Any]:
    """What a service has in an account, in all its regions, in an attribute of moto's."""
    for backend in list(_backends(service).get(account, {}).values()):
        yield from list(getattr(backend, attribute).values())


def _backends(service: str) -> dict[str, Any]:
    from moto.backends import get_backend  # noqa: PLC0415 - a service is loaded at its first use

    backends: Any = get_backend(service)
    return dict(backends.items())
