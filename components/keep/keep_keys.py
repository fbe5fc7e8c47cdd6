"""The keys of a keep as its plan wants them: its own, and for some classes of data the customer's."""

import pulumi

from components.keys.customer_keys import CustomerKeys, CustomerKeysArgs
from components.keys.key_ring import STORED_CLASSES, KeyRing
from components.keys.keys import TenantKeys, TenantKeysArgs
from components.keys.keys_plan import KeysPlan
from components.naming import DataClass, Keep


def keep_keys(
    keep: Keep, plan: KeysPlan, *, recovery_region: str | None, protect: bool, opts: pulumi.ResourceOptions
) -> KeyRing:
    """One key for each class of data that is stored."""
    own_classes = tuple(each for each in STORED_CLASSES if each not in plan.customer_held)
    own = _own_keys(keep, plan, own_classes, recovery_region, protect, opts) if own_classes else None
    if own is not None and not plan.customer_held:
        return own
    held = CustomerKeys(
        keep.logical("customer-keys"),
        CustomerKeysArgs(
            keep=keep,
            key_arns=plan.customer_held,
            replica_key_arns=plan.customer_held_replicas,
            recovery_region=recovery_region,
            others=own,
        ),
        opts=opts,
    )
    return held.ring


def _own_keys(
    keep: Keep,
    plan: KeysPlan,
    data_classes: tuple[DataClass, ...],
    recovery_region: str | None,
    protect: bool,
    opts: pulumi.ResourceOptions,
) -> KeyRing:
    keys = TenantKeys(
        keep.logical("keys"),
        TenantKeysArgs(
            keep=keep,
            data_classes=data_classes,
            rotation_days=plan.rotation_days,
            deletion_window_days=plan.deletion_window_days,
            recovery_region=recovery_region,
            protect=protect,
        ),
        opts=opts,
    )
    return keys.ring
