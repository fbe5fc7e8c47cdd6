"""Rules for what AWS offers in the keep's region."""

from collections.abc import Iterator

from stacks.spec.compute import Pool
from stacks.spec.instances import INSTANCE_TYPES
from stacks.spec.offerings import RENEW, offerings
from stacks.spec.problems import Problem, shown_value
from stacks.spec.rules.draft import Draft


def instance_types_are_offered(draft: Draft) -> Iterator[Problem]:
    """A pool's `instance_types` are offered in `regions.primary`."""
    if draft.regions is None:
        return
    region = draft.regions.primary
    for index, pool in draft.pools:
        for position, name in enumerate(pool.instance_types):
            if not offerings().offers(name, region):
                yield Problem(
                    path=f"pools[{index}].instance_types[{position}]",
                    got=f"{shown_value(name)}, which AWS does not offer in {region}",
                    allowed=f"a type that it offers there: {', '.join(_offered_families(pool, region))}",
                    remedy=f"choose another type or region; if AWS offers it by now, renew the table: {RENEW}",
                )


def hosts_are_of_a_type_with_hosts(draft: Draft) -> Iterator[Problem]:
    """The type of a pool with tenancy `host` is one that AWS puts on dedicated hosts."""
    for index, pool in draft.pools:
        for position, name in enumerate(pool.instance_types if pool.tenancy == "host" else ()):
            if name in offerings().without_hosts:
                family = name.partition(".")[0]
                with_hosts = [each for each in _sizes(family) if each not in offerings().without_hosts]
                yield Problem(
                    path=f"pools[{index}].instance_types[{position}]",
                    got=f"{shown_value(name)}, which AWS does not put on dedicated hosts",
                    allowed=f"a type with dedicated hosts; of {family}: {', '.join(with_hosts) or 'none'}",
                    remedy="choose another type, or set tenancy to dedicated and remove hosts",
                )


def _offered_families(pool: Pool, region: str) -> list[str]:
    """Families of the pool's kind with a type that the region offers."""
    machines = (each for each in INSTANCE_TYPES.values() if bool(each.gpu_count) == pool.is_gpu)
    return sorted({each.family for each in machines if offerings().offers(each.name, region)})


def _sizes(family: str) -> list[str]:
    return [each.name for each in INSTANCE_TYPES.values() if each.family == family]
