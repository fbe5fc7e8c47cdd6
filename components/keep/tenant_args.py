"""Args of a dedicated or premium keep."""

from dataclasses import dataclass

from components.compute.pool import PoolRole
from components.keep.keep_args import InfrastructureArgs, KeepArgs
from components.naming import Tier

NEEDED_ROLES = (PoolRole.SYSTEM, PoolRole.INGEST, PoolRole.GPU_SERVE)


@dataclass(frozen=True, kw_only=True)
class TenantEnvironmentArgs(InfrastructureArgs, KeepArgs):
    """`retention_days` must name CODE, INDEX, MODEL, EVAL, AUDIT and LOG; PROMPT only with opt-in."""

    recovery_zones: tuple[str, ...] = ()  # names; empty: the recovery region's first, as many as the network has

    def __post_init__(self) -> None:
        if self.keep.tier is Tier.POOLED:
            raise ValueError("a pooled keep has no environment of its own; use PooledTenant")
        if missing := [role.value for role in NEEDED_ROLES if role not in {pool.role for pool in self.pools}]:
            raise ValueError(f"pools must have one of each role system, ingest and gpu-serve; missing: {missing}")
        names = [pool.name for pool in self.pools]
        if len(set(names)) != len(names):
            raise ValueError(f"pools must have different names, got {names}")
        if self.recovery_region is not None and not self.own_account:
            raise ValueError(
                "recovery_region needs own_account: image replication is a setting of the account's registry"
            )

    @property
    def allowed_regions(self) -> tuple[str, ...]:
        """The regions in which the keep may have anything."""
        return (self.keep.region, *((self.recovery_region,) if self.recovery_region else ()))

    @property
    def link_domains(self) -> tuple[str, ...]:
        """Hosts behind private links, which must resolve."""
        return (*(link.host for link in self.git_links), *(link.host for link in self.registry_links))
