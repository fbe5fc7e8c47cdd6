"""Readers of AWS resources by type token, and the decorator that registers one."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

Props = dict[str, Any]
"""Property bag: Pulumi's camelCase names and plain JSON-like values."""

ALWAYS_FIXED = frozenset({"region", "description", "forceDestroy", "skipDestroy", "name", "namePrefix"})


class Aws(Protocol):
    """One account and region, as a reader sees it."""

    @property
    def region(self) -> str: ...

    @property
    def account_id(self) -> str: ...

    @property
    def partition(self) -> str: ...

    def client(self, service: str, region: str | None = None) -> Any:
        """boto3 client, of this region unless another is named."""
        ...

    def declared(self, token: str) -> list[tuple[str, Mapping[str, Any]]] | None:
        """(id, properties) of the resources of a type that the caller manages.

        A reader leaves such resources out of their owner's inline properties: a group's separate rules, for example, or
        a zone's associated VPCs. None if the caller reads them all itself: then no inline items are reported.
        """
        ...


Read = Callable[[Aws, str, Mapping[str, Any]], Props | None]
"""Reads a resource, from the account, its id, and its known properties (the state's; none at an import).

Returns its properties, with None for those that AWS does not have, or None if the resource is gone.
"""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How one type is read.

    `fixed` are inputs that cannot be read: AWS does not return them, only the provider uses them, or codekeep ignores
    them. The state's values are used for them.
    """

    token: str
    service: str  # boto3's name
    read: Read
    fixed: frozenset[str]
    is_secret: bool  # the result contains secret values: for an engine's state, never for a report

    def unread(self, known: Mapping[str, Any], found: Mapping[str, Any]) -> frozenset[str]:
        """Known inputs that were not found and are not fixed. They must not count as unchanged."""
        return frozenset(name for name in known if found.get(name) is None and name not in self.fixed)


def reads(service: str, token: str, *, fixed: str = "", is_secret: bool = False) -> Callable[[Read], Read]:
    """Registers a function as the reader of a type. `fixed` contains input names, separated by spaces."""

    def declare(read: Read) -> Read:
        names = ALWAYS_FIXED | frozenset(fixed.split())
        _READERS[token] = Reader(token=token, service=service, read=read, fixed=names, is_secret=is_secret)
        return read

    return declare


_READERS: dict[str, Reader] = {}
PARTITIONS = {  # beginning of a region's name → its partition
    "cn-": "aws-cn",
    "eusc-": "aws-eusc",
    "eu-isoe-": "aws-iso-e",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
}
DNS_SUFFIXES = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-us-gov": "amazonaws.com",
}
MODULES = {"ebs": "ec2", "vpc": "ec2"}
"""Module of a type token → module of awsread.services, where the names differ."""


def partition_of(region: str) -> str:
    """AWS partition of a region."""
    return next((partition for prefix, partition in PARTITIONS.items() if region.startswith(prefix)), "aws")


def reader_of(token: str) -> Reader | None:
    """The reader of a type, None where awsread does not read it."""
    module = token.split(":")[1].partition("/")[0] if token.count(":") == 2 else ""
    _load(MODULES.get(module, module))
    return _READERS.get(token)


def all_readers() -> Mapping[str, Reader]:
    """Every reader, by type token; imports all services."""
    for name in _services():
        _load(name)
    return dict(_READERS)


def read(token: str, aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """A resource's live properties; None if it is gone.

    Raises:
        LookupError: awsread has no reader for the type.
    """
    reader = reader_of(token)
    if reader is None:
        raise LookupError(f"awsread does not read {token}")
    return reader.read(aws, id, known)


@cache
def _services() -> frozenset[str]:
    folder = importlib.import_module("awsread.services")
    return frozenset(item.name for item in pkgutil.iter_modules(folder.__path__))


@cache
def _load(stem: str) -> None:
    """Imports `stem` and `stem_...`: a service may be spread over several modules."""
    for name in _services():
        if name == stem or name.startswith(f"{stem}_"):
            importlib.import_module(f"awsread.services.{name}")
