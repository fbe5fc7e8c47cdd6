"""The recovery region of a keep, if it has one."""

import pulumi

from components.keep.tenant_args import TenantEnvironmentArgs
from components.keys.key_ring import KeyRing
from components.network.network_plan import NetworkPlan
from components.storage.recovery import Recovery, RecoveryArgs
from components.storage.storage import Storage

# Used if the keep's own range is not in the plan. The two networks are never connected, so any private range will do.
RECOVERY_CIDR = "10.0.0.0/16"
ZONE_LETTERS = "abcdef"


def keep_recovery(
    args: TenantEnvironmentArgs, keys: KeyRing, storage: Storage, *, opts: pulumi.ResourceOptions
) -> Recovery | None:
    """Creates the recovery region of a keep; returns None if the spec names none."""
    if args.recovery_region is None:
        return None
    return Recovery(
        args.keep.logical("recovery"),
        RecoveryArgs(
            keep=args.keep,
            region=args.recovery_region,
            network=NetworkPlan(
                cidr=args.network.cidr if isinstance(args.network, NetworkPlan) else RECOVERY_CIDR,
                zones=args.recovery_zones or first_zones(args.recovery_region, len(args.network.zones)),
            ),
            keys=keys,
            storage=storage,
            retention_days=args.retention_days,
            audit_lock_mode=args.audit_lock_mode,
            protect=args.protect,
        ),
        opts=opts,
    )


def first_zones(region: str, count: int) -> tuple[str, ...]:
    """Names of a region's first zones. If an account lacks one of them, the spec must name others."""
    return tuple(f"{region}{letter}" for letter in ZONE_LETTERS[:count])
