"""Args of a region's shared platform, and of a pooled keep on it."""

from dataclasses import dataclass

from components.keep.keep_args import InfrastructureArgs, KeepArgs
from components.keep.platform_ref import PlatformRef
from components.naming import Tier


@dataclass(frozen=True, kw_only=True)
class PlatformArgs(InfrastructureArgs):
    """`keep` is the platform itself, as if it were a tenant."""

    search_roles_image: str  # digest of SEARCH_ROLES_IMAGE
    link_domains: tuple[str, ...] = ()  # hosts behind the tenants' private links


@dataclass(frozen=True, kw_only=True)
class PooledTenantArgs(KeepArgs):
    """A pooled keep: all resources that store its data are its own, the infrastructure is the platform's."""

    platform: PlatformRef

    def __post_init__(self) -> None:
        if self.keep.tier is not Tier.POOLED:
            raise ValueError(f"keep must be of tier pooled, got {self.keep.tier.value}; use TenantEnvironment")
