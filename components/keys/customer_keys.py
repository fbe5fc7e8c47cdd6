"""Keys that the customer owns. They are used by ARN, and never created, changed or deleted here.

Their policy is the customer's to write: key_policy.held_key_policy, which `codekeep key-policy` prints. What is created
here is a grant on each key that encrypts the disks of nodes, to the role under which EC2 Auto Scaling boots them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import kms

from components.arns import KEY_ARN_PATTERN
from components.identity.service_role import AUTO_SCALING, ServiceRoleRef, service_role
from components.keys.key_policy import NODE_CLASSES, NODE_OPERATIONS, auto_scaling_role_arn
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep


@dataclass(frozen=True, kw_only=True)
class CustomerKeysArgs:
    """`others` has the keys of the classes for which the customer owns none."""

    keep: Keep
    key_arns: Mapping[DataClass, str]
    replica_key_arns: Mapping[DataClass, str] = field(default_factory=dict)
    recovery_region: str | None = None
    others: KeyRing | None = None
    service_roles: Mapping[str, str] = field(default_factory=dict)  # the account's: Existing.service_roles

    def __post_init__(self) -> None:
        if not self.key_arns:
            raise ValueError("key_arns must have at least one key; without any, use TenantKeys alone")
        _check("key_arns", self.key_arns, self.keep.region)
        if self.replica_key_arns and self.recovery_region is None:
            raise ValueError("replica_key_arns needs a recovery_region")
        if self.recovery_region is not None:
            _check("replica_key_arns", self.replica_key_arns, self.recovery_region)
            if missing := sorted(self.key_arns.keys() - self.replica_key_arns.keys()):
                raise ValueError(
                    f"replica_key_arns misses {', '.join(missing)}: of each key the customer owns "
                    f"there must be one in {self.recovery_region}"
                )


def _check(field_name: str, arns: Mapping[DataClass, str], region: str) -> None:
    for data_class, arn in arns.items():
        if data_class is DataClass.CONFIG:
            raise ValueError(f"{field_name}: class {data_class.value!r} has no customer data and takes no key")
        match = KEY_ARN_PATTERN.match(arn)
        if match is None:
            raise ValueError(
                f"{field_name}[{data_class.value}] must be a key's ARN like arn:aws:kms:{region}:<account>:key/<id> "
                f"(not an alias), got {arn!r}"
            )
        if match[2] != region:
            raise ValueError(f"{field_name}[{data_class.value}] must be in {region}, got a key in {match[2]}")


class CustomerKeys(pulumi.ComponentResource):
    """A key ring of keys whose policy the customer writes."""

    ring: KeyRing

    def __init__(self, name: str, args: CustomerKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:customer_keys:CustomerKeys", name, None, opts)
        others = args.others or KeyRing(arns={})
        grants = self._grants(args)
        self.ring = KeyRing(
            arns={**others.arns, **_outputs(args.key_arns)},
            replica_arns={**others.replica_arns, **_outputs(args.replica_key_arns)},
            remedy="name the customer's key, or give others=TenantKeys(...)",
            replica_remedy="name the customer's replica in replica_key_arns",
            grants=tuple(grants),
        )
        self.register_outputs(self.ring.outputs())

    def _grants(self, args: CustomerKeysArgs) -> list[kms.Grant]:
        """One for each key of nodes, once there is the role that they name."""
        classes = [each for each in NODE_CLASSES if each in args.key_arns]
        if not classes:
            return []
        name, child = args.keep.logical("key", "nodes"), pulumi.ResourceOptions(parent=self)
        role = service_role(name, AUTO_SCALING, args.keep, args.service_roles, child)
        return [self._grant(args, each, role) for each in classes]

    def _grant(self, args: CustomerKeysArgs, data_class: DataClass, role: ServiceRoleRef) -> kms.Grant:
        """Needed where the key is in another account, whose policy cannot reach the role (Auto Scaling User Guide)."""
        keep = args.keep
        return kms.Grant(
            keep.logical("key", data_class.value, "nodes"),
            name=keep.physical(data_class.value, "nodes"),
            key_id=args.key_arns[data_class],
            grantee_principal=auto_scaling_role_arn(keep, keep.region),
            operations=list(NODE_OPERATIONS),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(role.after)),
        )


def _outputs(arns: Mapping[DataClass, str]) -> dict[DataClass, pulumi.Output[str]]:
    return {data_class: pulumi.Output.from_input(arn) for data_class, arn in arns.items()}
