"""Rules for tiers: what each requires and excludes."""

from collections.abc import Iterator

from stacks.spec.problems import Problem, shown_value
from stacks.spec.rules.draft import Draft


def pooled_lives_on_a_platform(draft: Draft) -> Iterator[Problem]:
    """A pooled keep names its `platform`, and has no network, pools, cluster access, way to the API,
    search domain, customer-held keys or recovery.
    """
    if draft.tier != "pooled":
        return
    if "platform" not in draft.present:
        yield Problem(
            path="platform",
            got="nothing",
            allowed="stack and zones of a shared platform, since tier is pooled",
            remedy="add platform, such as stack platform-eu-central-1, or choose tier dedicated",
        )
    for name in ("network", "pools", "cluster_access", "deployer"):
        if name in draft.present:
            yield Problem(
                path=name,
                got=f"{name} of the keep's own",
                allowed=f"no {name}: a pooled keep uses those of its platform",
                remedy=f"remove {name}, or choose tier dedicated",
            )
    if draft.vector_index is not None and draft.vector_index.domain is not None:
        yield Problem(
            path="vector_index.domain",
            got="a domain of the keep's own",
            allowed="no domain: a pooled keep has an index of its own on the platform's domain",
            remedy="remove domain, or choose tier dedicated",
        )
    if draft.keys is not None and draft.keys.customer_held:
        yield Problem(
            path="keys.customer_held",
            got=", ".join(draft.keys.customer_held),
            allowed="no customer-held keys: the platform's domain and nodes are shared",
            remedy="remove them, or choose tier dedicated or premium",
        )
    if draft.regions is not None and draft.regions.recovery is not None:
        yield Problem(
            path="regions.recovery",
            got=shown_value(draft.regions.recovery),
            allowed="no recovery region: a pooled keep recovers with its platform",
            remedy="remove it, or choose tier premium",
        )


def own_infrastructure_is_described(draft: Draft) -> Iterator[Problem]:
    """A dedicated or premium keep has `network`, `pools` and `vector_index.domain`, and no `platform`."""
    if draft.tier not in {"dedicated", "premium"}:
        return
    if "platform" in draft.present:
        yield Problem(
            path="platform",
            got=shown_value(draft.platform.stack) if draft.platform else "a platform",
            allowed=f"no platform, since tier is {draft.tier}",
            remedy="remove platform, or choose tier pooled",
        )
    for name, what in (("network", "its own network"), ("pools", "its own node pools")):
        if name not in draft.present:
            yield Problem(path=name, got="nothing", allowed=f"{what}, since tier is {draft.tier}", remedy=f"add {name}")
    if draft.vector_index is not None and draft.vector_index.domain is None:
        yield Problem(
            path="vector_index.domain",
            got="nothing",
            allowed=f"instance_type, instance_count and volume_gib of its own domain, since tier is {draft.tier}",
            remedy="add domain",
        )


def premium_has_its_own_account(draft: Draft) -> Iterator[Problem]:
    """A premium keep's account is `dedicated`."""
    if draft.tier == "premium" and draft.account is not None and not draft.account.dedicated:
        yield Problem(
            path="account.dedicated",
            got="false",
            allowed="true: a premium keep has an account that contains nothing else",
            remedy="build it in an account of its own and set dedicated, or choose tier dedicated",
        )


def premium_has_a_recovery_region(draft: Draft) -> Iterator[Problem]:
    """A premium keep has a `regions.recovery`."""
    if draft.tier == "premium" and draft.regions is not None and draft.regions.recovery is None:
        yield Problem(
            path="regions.recovery",
            got="nothing",
            allowed=f"a second region of regions.allowed: {', '.join(draft.regions.allowed)}",
            remedy="add recovery, or choose tier dedicated",
        )


def recovery_has_its_own_account(draft: Draft) -> Iterator[Problem]:
    """A keep with a recovery region has a `dedicated` account: image replication is a setting of the whole account."""
    if draft.tier != "dedicated" or draft.account is None or draft.account.dedicated:
        return
    if draft.regions is not None and draft.regions.recovery is not None:
        yield Problem(
            path="account.dedicated",
            got="false",
            allowed="true, since regions.recovery is given: images are replicated for the whole account",
            remedy="build the keep in an account of its own and set dedicated, or remove regions.recovery",
        )


def premium_nodes_have_their_own_hardware(draft: Draft) -> Iterator[Problem]:
    """No pool of a premium keep has tenancy `shared`."""
    if draft.tier != "premium":
        return
    for index, pool in draft.pools:
        if pool.tenancy == "shared":
            yield Problem(
                path=f"pools[{index}].tenancy",
                got=shown_value(pool.tenancy),
                allowed="dedicated or host, since tier is premium",
                remedy="set tenancy to dedicated, or to host with hosts",
            )
