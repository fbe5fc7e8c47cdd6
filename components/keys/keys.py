"""One KMS key per data class, usable only in the keep's account and region and through named AWS services."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import kms

from components.arns import REGION_PATTERN
from components.keys.key_policy import key_policy
from components.keys.key_ring import STORED_CLASSES, KeyRing
from components.naming import DataClass, Keep

ROTATION_DAYS = range(90, 2561)  # what KMS accepts
DELETION_WINDOW_DAYS = range(7, 31)  # what KMS accepts


@dataclass(frozen=True, kw_only=True)
class TenantKeysArgs:
    """`recovery_region` makes the keys multi-region and adds a replica of each there."""

    keep: Keep
    data_classes: tuple[DataClass, ...] = STORED_CLASSES
    rotation_days: int = 365
    deletion_window_days: int = 30
    recovery_region: str | None = None
    protect: bool = False  # Pulumi refuses to delete the keys

    def __post_init__(self) -> None:
        if not self.data_classes or DataClass.CONFIG in self.data_classes:
            raise ValueError(
                "data_classes must name classes that are stored, got "
                f"{[each.value for each in self.data_classes]}; {DataClass.CONFIG.value!r} has no key of its own"
            )
        if self.rotation_days not in ROTATION_DAYS:
            raise ValueError(f"rotation_days must be 90-2560, got {self.rotation_days}")
        if self.deletion_window_days not in DELETION_WINDOW_DAYS:
            raise ValueError(f"deletion_window_days must be 7-30, got {self.deletion_window_days}")
        if self.recovery_region is not None and not REGION_PATTERN.match(self.recovery_region):
            raise ValueError(f"recovery_region must be a region like eu-west-1, got {self.recovery_region!r}")
        if self.recovery_region == self.keep.region:
            raise ValueError(f"recovery_region must differ from the keep's own region {self.keep.region}")


class TenantKeys(pulumi.ComponentResource):
    """Keys that rotate, cannot be deleted overnight, and work only for this keep."""

    ring: KeyRing

    def __init__(self, name: str, args: TenantKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:keys:TenantKeys", name, None, opts)
        self._args = args

        keys = {data_class: self._key(data_class) for data_class in args.data_classes}
        replicas = {
            data_class: self._replica(data_class, keys[data_class], args.recovery_region)
            for data_class in args.data_classes
            if args.recovery_region is not None
        }

        self.ring = KeyRing(
            arns={data_class: key.arn for data_class, key in keys.items()},
            replica_arns={data_class: key.arn for data_class, key in replicas.items()},
        )
        self.register_outputs(self.ring.outputs())

    def _options(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, protect=self._args.protect or None)

    def _key(self, data_class: DataClass) -> kms.Key:
        args, keep = self._args, self._args.keep
        key = kms.Key(
            keep.logical("key", data_class.value),
            description=f"codekeep {keep.tenant}: data of class {data_class.value}",
            key_usage="ENCRYPT_DECRYPT",
            customer_master_key_spec="SYMMETRIC_DEFAULT",
            enable_key_rotation=True,
            rotation_period_in_days=args.rotation_days,
            deletion_window_in_days=args.deletion_window_days,
            multi_region=args.recovery_region is not None,
            policy=key_policy(keep, data_class, region=keep.region),
            tags=keep.tags(data_class),
            opts=self._options(),
        )
        self._alias(data_class, key.key_id)
        return key

    def _replica(self, data_class: DataClass, primary: kms.Key, region: str) -> kms.ReplicaKey:
        args, keep = self._args, self._args.keep
        replica = kms.ReplicaKey(
            keep.logical("key", data_class.value, "replica"),
            region=region,
            description=f"codekeep {keep.tenant}: data of class {data_class.value}, recovery",
            primary_key_arn=primary.arn,
            deletion_window_in_days=args.deletion_window_days,
            policy=key_policy(keep, data_class, region=region),
            tags=keep.tags(data_class, region=region),
            opts=self._options(),
        )
        self._alias(data_class, replica.key_id, region=region)
        return replica

    def _alias(self, data_class: DataClass, key_id: pulumi.Output[str], region: str | None = None) -> None:
        keep = self._args.keep
        kms.Alias(
            keep.logical("key", data_class.value, *(("replica",) if region else ())),
            region=region,
            name=f"alias/{keep.physical(data_class.value)}",
            target_key_id=key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
