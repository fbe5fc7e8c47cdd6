"""Rules for node pools and the search domain."""

from collections.abc import Iterator, Mapping

from stacks.spec.compute import InstanceGroup, Pool
from stacks.spec.instances import INSTANCE_TYPES
from stacks.spec.problems import Problem, shown_value, suggestion
from stacks.spec.rules.common import duplicate_attributes
from stacks.spec.rules.draft import Draft

_ON_LOCAL_DISK: Mapping[str, tuple[str, str]] = {
    "ingest": ("clones and parses go to local disk", "m6id.4xlarge"),
    "gpu-serve": ("models are loaded from local disk", "g6e.12xlarge"),
    "gpu-batch": ("checkpoints and data sets go to local disk", "g6e.4xlarge"),
}

_NEEDED_ROLES = ("system", "ingest", "gpu-serve")
_FEWEST_SYSTEM_NODES = 2


def pool_names_are_unique(draft: Draft) -> Iterator[Problem]:
    """Pools differ in `name`."""
    pools = ((f"pools[{index}]", pool) for index, pool in draft.pools)
    yield from duplicate_attributes(pools, "name", "pool", "choose another name, or merge the two pools")


def sizes_are_in_order(draft: Draft) -> Iterator[Problem]:
    """`min` <= `warm` <= `max` in each pool."""
    for index, pool in draft.pools:
        if pool.min > pool.max:
            yield Problem(
                path=f"pools[{index}].min",
                got=f"{pool.min}, more than max ({pool.max})",
                allowed=f"0 to {pool.max}",
                remedy="lower min or raise max",
            )
        elif not pool.min <= pool.warm <= pool.max:
            yield Problem(
                path=f"pools[{index}].warm",
                got=f"{pool.warm}, outside min ({pool.min}) to max ({pool.max})",
                allowed=f"{pool.min} to {pool.max}",
                remedy="set warm between min and max",
            )


def instance_types_are_known(draft: Draft) -> Iterator[Problem]:
    """A pool's `instance_types` are in the table of instance types, each once."""
    for index, pool in draft.pools:
        for position, name in enumerate(pool.instance_types):
            if name not in INSTANCE_TYPES:
                families = ", ".join(sorted({machine.family for machine in INSTANCE_TYPES.values()}))
                yield Problem(
                    path=f"pools[{index}].instance_types[{position}]",
                    got=shown_value(name),
                    allowed=f"a type of the families {families}",
                    remedy=suggestion(name, INSTANCE_TYPES, "choose a type of these families"),
                )
        if len(set(pool.instance_types)) < len(pool.instance_types):
            yield Problem(
                path=f"pools[{index}].instance_types",
                got=shown_value(pool.instance_types),
                allowed="each type once",
                remedy="remove the repeated type",
            )


def one_architecture_a_pool(draft: Draft) -> Iterator[Problem]:
    """A pool's `instance_types` have one processor architecture."""
    for index, pool in draft.pools:
        architectures = sorted({machine.architecture for machine in pool.machines})
        if len(architectures) > 1:
            yield Problem(
                path=f"pools[{index}].instance_types",
                got=f"{shown_value(pool.instance_types)}, of {' and '.join(architectures)}",
                allowed="types of one processor architecture, since a pool has one machine image",
                remedy="split the pool in two",
            )


def gpus_match_the_role(draft: Draft) -> Iterator[Problem]:
    """The types of GPU pools have GPUs, those of other pools have none."""
    for index, pool in draft.pools:
        for machine in pool.machines:
            if pool.is_gpu and not machine.gpu_count:
                yield _misfit(index, pool, machine.name, "has no GPU", "types with GPUs, such as g6e.12xlarge")
            if not pool.is_gpu and machine.gpu_count:
                yield _misfit(
                    index,
                    pool,
                    machine.name,
                    f"has {machine.gpu_count} GPUs",
                    "types without GPUs, such as m7i.2xlarge",
                )


def nvme_matches_role_and_types(draft: Draft) -> Iterator[Problem]:
    """All pools but those of role system set `nvme`; the types of pools that set it have an instance store."""
    for index, pool in draft.pools:
        if pool.role in _ON_LOCAL_DISK and not pool.nvme:
            why, example = _ON_LOCAL_DISK[pool.role]
            yield Problem(
                path=f"pools[{index}].nvme",
                got="false",
                allowed=f"true in a pool of role {pool.role}: {why}",
                remedy=f"set nvme, with instance types that have it such as {example}",
            )
        for machine in pool.machines:
            if pool.nvme and not machine.nvme_gb:
                yield _misfit(index, pool, machine.name, "has no instance store", "types with NVMe, since nvme is true")


def tenancy_is_consistent(draft: Draft) -> Iterator[Problem]:
    """`hosts` need tenancy `host` and one type; a `reservation` needs one type, at most `max` nodes, and no hosts."""
    for index, pool in draft.pools:
        if (pool.tenancy == "host") != (pool.hosts is not None):
            yield Problem(
                path=f"pools[{index}].hosts",
                got="nothing" if pool.hosts is None else f"hosts with tenancy {pool.tenancy}",
                allowed="count and zone of the hosts where tenancy is host, and only there",
                remedy="add hosts" if pool.hosts is None else "remove hosts, or set tenancy to host",
            )
        if pool.tenancy == "host" and len(pool.instance_types) > 1:
            yield Problem(
                path=f"pools[{index}].instance_types",
                got=shown_value(pool.instance_types),
                allowed="one type in a pool with hosts, since a host is allocated for one",
                remedy="split the pool by type",
            )
        if pool.reservation is not None:
            yield from _reservation_problems(f"pools[{index}]", pool, pool.reservation)


def capacity_is_in_the_keeps_zones(draft: Draft) -> Iterator[Problem]:
    """Hosts and reservations are in `network.zones`."""
    if draft.network is None:
        return
    for index, pool in draft.pools:
        for name in ("hosts", "reservation"):
            group: InstanceGroup | None = getattr(pool, name)
            if group is not None and group.zone not in draft.network.zones:
                yield Problem(
                    path=f"pools[{index}].{name}.zone",
                    got=shown_value(group.zone),
                    allowed=f"one of network.zones: {', '.join(draft.network.zones)}",
                    remedy="buy it in a zone of the keep, or add the zone",
                )


def every_needed_role_has_a_pool(draft: Draft) -> Iterator[Problem]:
    """There are pools of the roles system, ingest and gpu-serve."""
    if not draft.pools.valid or not draft.pools.complete:
        return
    roles = [pool.role for pool in draft.pools.values]
    for role in _NEEDED_ROLES:
        if role not in roles:
            yield Problem(
                path="pools",
                got=f"the roles {', '.join(roles)}",
                allowed=f"at least one pool of each role {', '.join(_NEEDED_ROLES)}",
                remedy=f"add a pool of role {role}",
            )


def system_survives_a_node(draft: Draft) -> Iterator[Problem]:
    """System pools have a `min` of two or more."""
    for index, pool in draft.pools:
        if pool.role == "system" and pool.min < _FEWEST_SYSTEM_NODES:
            yield Problem(
                path=f"pools[{index}].min",
                got=str(pool.min),
                allowed=f"{_FEWEST_SYSTEM_NODES} or more in a system pool, so that cluster services survive a node",
                remedy=f"set min to {_FEWEST_SYSTEM_NODES}",
            )


def search_nodes_fill_the_zones(draft: Draft) -> Iterator[Problem]:
    """The search domain's `instance_count` is a multiple of the number of zones."""
    own = draft.vector_index.domain if draft.vector_index is not None else None
    path, domain = ("vector_index.domain", own) if own is not None else ("search_domain", draft.search_domain)
    if domain is None or draft.network is None:
        return
    zones = len(draft.network.zones)
    if domain.instance_count % zones:
        yield Problem(
            path=f"{path}.instance_count",
            got=str(domain.instance_count),
            allowed=f"a multiple of {zones}, the number of network.zones",
            remedy=f"write {zones * (domain.instance_count // zones + 1)}",
        )


def _reservation_problems(path: str, pool: Pool, reservation: InstanceGroup) -> Iterator[Problem]:
    if pool.tenancy == "host":
        yield Problem(
            path=f"{path}.reservation",
            got="a reservation with tenancy host",
            allowed="either dedicated hosts or a reservation",
            remedy="remove reservation, since a host is reserved capacity already",
        )
    if len(pool.instance_types) > 1:
        yield Problem(
            path=f"{path}.instance_types",
            got=shown_value(pool.instance_types),
            allowed="one type in a pool with a reservation, since AWS reserves one",
            remedy="keep the type that is reserved",
        )
    if reservation.count > pool.max:
        yield Problem(
            path=f"{path}.reservation.count",
            got=f"{reservation.count}, more than the pool's max ({pool.max})",
            allowed=f"1 to {pool.max}",
            remedy="reserve no more than the pool can use, or raise max",
        )


def _misfit(index: int, pool: Pool, name: str, fact: str, allowed: str) -> Problem:
    return Problem(
        path=f"pools[{index}].instance_types[{pool.instance_types.index(name)}]",
        got=f"{shown_value(name)}, which {fact}",
        allowed=f"{allowed}, in a pool of role {pool.role}",
        remedy="choose another type, or correct the pool's role",
    )
