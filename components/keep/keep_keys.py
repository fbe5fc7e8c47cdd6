"""The keys of a keep as planned: its own, and for some data classes the customer's."""

import pulumi

from components.existing import Existing
from components.keys.customer_keys import CustomerKeys, CustomerKeysArgs
from components.keys.key_ring import STORED_CLASSES, KeyRing
from components.keys.keys import TenantKeys, TenantKeysArgs
from components.keys.keys_plan import KeysPlan
from components.naming import Keep


def keep_keys(
    keep: Keep,
    plan: KeysPlan,
    *,
    recovery_region: str | None,
    existing: Existing,
    protect: bool,
    opts: pulumi.ResourceOptions,
) -> KeyRing:
    """One key for each data class that is stored."""
    own = _own_keys(keep, plan, recovery_region, protect, opts)
    if own is not None and not plan.customer_held:
        return own
    args = CustomerKeysArgs(
        keep=keep,
        key_arns=plan.customer_held,
        replica_key_arns=plan.customer_held_replicas,
        recovery_region=recovery_region,
        others=own,
        service_roles=existing.service_roles,
    )
    return CustomerKeys(keep.logical("customer-keys"), args, opts=opts).ring


def _own_keys(
    keep: Keep, plan: KeysPlan, recovery_region: str | None, protect: bool, opts: pulumi.ResourceOptions
) -> KeyRing | None:
    classes = tuple(each for each in STORED_CLASSES if each not in plan.customer_held)
    if not classes:
        return None
    keys = TenantKeysArgs(
        keep=keep,
        data_classes=classes,
        rotation_days=plan.rotation_days,
        deletion_window_days=plan.deletion_window_days,
        recovery_region=recovery_region,
        protect=protect,
    )
    return TenantKeys(keep.logical("keys"), keys, opts=opts).ring
