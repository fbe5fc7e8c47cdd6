"""Checks that every index makes before it reads."""

from codekeep_contracts.faults import AccessFault

from codekeep_runtime.core import RepositoryId, Scope
from codekeep_runtime.index.interface import Narrowing


def visible_repositories(tenant: str, scope: Scope, narrowing: Narrowing | None = None) -> frozenset[RepositoryId]:
    """The repositories of a scope that a narrowing leaves.

    Raises:
        AccessFault: the scope is another tenant's.
    """
    if scope.tenant != tenant:
        raise AccessFault("a scope of another tenant reads nothing here")
    if narrowing is None or narrowing.repositories is None:
        return scope.repositories
    return scope.repositories & narrowing.repositories


def replace_surrogates(text: str) -> str:
    """A name from outside, encodable as UTF-8: lone surrogates, which JSON allows, become replacement characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
