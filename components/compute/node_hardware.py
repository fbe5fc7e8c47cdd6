"""The hardware of a pool: its dedicated hosts, its reserved capacity, and how it is spread over racks."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from components.compute.pool import Pool, PoolRole, Tenancy
from components.naming import DataClass, Keep

PARTITIONS = 2  # racks; partition placement groups allow dedicated instances two


def placement_strategy(pool: Pool) -> str | None:
    """Placement of the pool's nodes; None leaves it to AWS.

    Reserved nodes are close together, since only cluster placement groups support reservations. Serving nodes are on
    different racks, so that replicas of each model survive the failure of a rack. Hosts support no placement group.
    """
    if pool.tenancy is Tenancy.HOST:
        return None
    if pool.reservation is not None:
        return "cluster"
    return "partition" if pool.role is PoolRole.GPU_SERVE else None


def reservation_match(pool: Pool) -> str:
    """Returns who may use the reservation: this pool alone, unless it may grow beyond it."""
    fits = pool.reservation is not None and pool.max_nodes <= pool.reservation.count
    return "targeted" if fits else "open"


@dataclass(frozen=True, kw_only=True)
class NodeHardwareArgs:
    """The pool, and the data class of its disks."""

    keep: Keep
    data_class: DataClass
    pool: Pool


class NodeHardware(pulumi.ComponentResource):
    """Hosts, reservation and placement group, which the pool's launch template refers to. Empty for a pool on shared
    machines.
    """

    placement: ec2.LaunchTemplatePlacementArgsDict
    reservation: ec2.LaunchTemplateCapacityReservationSpecificationArgsDict
    ready: list[pulumi.Resource]  # nodes must depend on these: they cannot start before their hosts

    def __init__(self, name: str, args: NodeHardwareArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:node_ground:NodeGround", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)

        group = self._placement_group()
        reservation = self._reserve(group)
        hosts = self._hosts()

        self.placement = {"tenancy": args.pool.tenancy.value}
        if group is not None:
            self.placement["group_name"] = group.name
        self.reservation = _specification(args.pool, reservation)
        self.ready = [*hosts, *([reservation] if reservation else [])]
        self.register_outputs(
            {
                "tenancy": args.pool.tenancy.value,
                "hostIds": [host.id for host in hosts],
                "reservationId": None if reservation is None else reservation.id,
            }
        )

    def _tags(self, label: str) -> dict[str, str]:
        return self._args.keep.tags(self._args.data_class, name=f"{self._name}-{label}")

    def _placement_group(self) -> ec2.PlacementGroup | None:
        strategy = placement_strategy(self._args.pool)
        if strategy is None:
            return None
        return ec2.PlacementGroup(
            self._name,
            strategy=strategy,
            partition_count=PARTITIONS if strategy == "partition" else None,
            tags=self._tags("placement"),
            opts=self._child,
        )

    def _reserve(self, group: ec2.PlacementGroup | None) -> ec2.CapacityReservation | None:
        pool = self._args.pool
        if pool.reservation is None:
            return None
        return ec2.CapacityReservation(
            self._name,
            instance_type=pool.instance_types[0],
            instance_platform="Linux/UNIX",
            instance_count=pool.reservation.count,
            availability_zone=pool.reservation.zone,
            tenancy=pool.tenancy.value,
            ebs_optimized=True,
            end_date_type="unlimited",
            instance_match_criteria=reservation_match(pool),
            placement_group_arn=None if group is None else group.arn,
            tags=self._tags("reservation"),
            opts=self._child,
        )

    def _hosts(self) -> list[ec2.DedicatedHost]:
        pool = self._args.pool
        if pool.hosts is None:
            return []
        return [
            ec2.DedicatedHost(
                f"{self._name}-{index}",
                availability_zone=pool.hosts.zone,
                instance_type=pool.instance_types[0],
                auto_placement="on",  # an Auto Scaling group cannot name a host; it uses any that allows it
                # AWS cannot move an instance with an instance store.
                host_recovery="off" if pool.nvme else "on",
                tags=self._tags(f"host-{index}"),
                opts=self._child,
            )
            for index in range(pool.hosts.count)
        ]


def _specification(
    pool: Pool, reservation: ec2.CapacityReservation | None
) -> ec2.LaunchTemplateCapacityReservationSpecificationArgsDict:
    if reservation is None:
        return {"capacity_reservation_preference": "none"}
    if reservation_match(pool) == "open":
        return {"capacity_reservation_preference": "open"}
    return {"capacity_reservation_target": {"capacity_reservation_id": reservation.id}}
