"""A pool of nodes as in the spec: its purpose, its size, its hardware."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from codekeep_contracts.text_types import LABEL_PATTERN

TYPE_PATTERN = re.compile(r"^[a-z][a-z0-9-]{1,15}\.[a-z0-9]{4,12}$")
VOLUME_GIB = range(50, 2001)
NODES_MAX = 450  # the most that EKS allows in one managed node group


class PoolRole(StrEnum):
    """The purpose of a pool's nodes."""

    SYSTEM = "system"
    INGEST = "ingest"
    GPU_SERVE = "gpu-serve"
    GPU_BATCH = "gpu-batch"


GPU_ROLES = frozenset({PoolRole.GPU_SERVE, PoolRole.GPU_BATCH})


class Tenancy(StrEnum):
    """Sharing of the hardware: with anybody, with the account alone, or with the account alone on dedicated hosts."""

    SHARED = "default"
    DEDICATED = "dedicated"
    HOST = "host"


@dataclass(frozen=True, kw_only=True)
class ZoneCapacity:
    """A number of hosts or reserved instances in one zone; AWS sells both by zone."""

    count: int
    zone: str

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"count must be 1 or more, got {self.count}; leave the capacity out for none")


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Warm nodes stay even if nothing runs on them; `nvme` uses the instance store as an encrypted cache."""

    name: str
    role: PoolRole
    instance_types: tuple[str, ...]  # all of one architecture
    min_nodes: int
    max_nodes: int
    warm_nodes: int = 0
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    nvme: bool = False
    volume_gib: int = 100
    tenancy: Tenancy = Tenancy.SHARED
    hosts: ZoneCapacity | None = None
    reservation: ZoneCapacity | None = None

    def __post_init__(self) -> None:
        for check in (self._check_names, self._check_sizes, self._check_hardware):
            check()

    @property
    def is_gpu(self) -> bool:
        return self.role in GPU_ROLES

    @property
    def floor(self) -> int:
        """Nodes that are always there: the autoscaler must not remove the warm ones."""
        return max(self.min_nodes, self.warm_nodes)

    @property
    def zone(self) -> str | None:
        """The only zone of the pool, due to its hosts or its reservation; None if it may use all."""
        capacity = self.hosts or self.reservation
        return capacity.zone if capacity else None

    def _fail(self, field: str, got: object, allowed: str) -> None:
        raise ValueError(f"pool {self.name}: {field} must be {allowed}, got {got!r}")

    def _check_names(self) -> None:
        if not re.match(LABEL_PATTERN, self.name):
            self._fail("name", self.name, "2-24 lower-case letters, digits or hyphens starting with a letter")
        if not self.instance_types:
            self._fail("instance_types", (), "at least one type")
        for name in self.instance_types:
            if not TYPE_PATTERN.match(name):
                self._fail("instance_types", name, "EC2 types like m7i.xlarge")
        if self.is_gpu and self.architecture != "x86_64":
            self._fail(
                "architecture", self.architecture, "x86_64, as AWS builds no GPU image for the serving stack on arm64"
            )

    def _check_sizes(self) -> None:
        if self.min_nodes < 0 or self.warm_nodes < 0:
            self._fail("min_nodes and warm_nodes", (self.min_nodes, self.warm_nodes), "0 or more")
        if not max(self.floor, 1) <= self.max_nodes <= NODES_MAX:
            self._fail("max_nodes", self.max_nodes, f"{max(self.floor, 1)}-{NODES_MAX}, and no less than min and warm")
        if self.volume_gib not in VOLUME_GIB:
            self._fail("volume_gib", self.volume_gib, "50-2000")

    def _check_hardware(self) -> None:
        if (self.tenancy is Tenancy.HOST) != (self.hosts is not None):
            self._fail("hosts", self.hosts, "given exactly where tenancy is host")
        if self.hosts and self.reservation:
            self._fail(
                "reservation", self.reservation, "left out where the pool has hosts, which reserve by themselves"
            )
        if self.zone and len(self.instance_types) > 1:
            self._fail("instance_types", self.instance_types, "one type for a pool with hosts or a reservation")
