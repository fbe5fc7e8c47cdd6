"""Rules for a shared platform's spec."""

from collections.abc import Iterator

from stacks.spec.problems import Problem, shown_value
from stacks.spec.rules.common import cap_below, duplicate_values
from stacks.spec.rules.draft import Draft


def tenants_are_distinct(draft: Draft) -> Iterator[Problem]:
    """A platform's `tenants` has each tenant once."""
    yield from duplicate_values("tenants", draft.tenants or (), "tenant")


def no_name_is_a_prefix_of_another(draft: Draft) -> Iterator[Problem]:
    """No name among a platform's own and its `tenants` is a prefix, up to a hyphen, of another."""
    # Policies admit AWS services by ARNs such as codekeep-<tenant>-*: those of acme would admit acme-eu's too.
    names = [*(draft.tenants or ()), *([draft.name] if draft.name else [])]
    for index, tenant in enumerate(draft.tenants or ()):
        near = [each for each in names if each.startswith(f"{tenant}-") or tenant.startswith(f"{each}-")]
        if near:
            yield Problem(
                path=f"tenants[{index}]",
                got=shown_value(tenant),
                allowed=f"a name that is no prefix of {', '.join(near)} up to a hyphen, nor the other way round",
                remedy="rename one of them before it is deployed, such as without the hyphen",
            )


def pools_are_within_the_platforms_cap(draft: Draft) -> Iterator[Problem]:
    """A platform's `gpu_nodes` covers its GPU pools at their `max`."""
    remedy = "raise gpu_nodes or lower the pools' max"
    needed = draft.gpu_nodes_max
    yield from cap_below("gpu_nodes", draft.gpu_nodes, needed, "nodes the GPU pools may grow to", remedy)
