"""Rules for the names inside AWS that derive from the keep's name."""

from collections.abc import Iterator

from codekeep_contracts.physical_names import BUCKET_NAME_MAX, bucket_name, load_balancer_name, longest_tenant
from codekeep_contracts.roles import BucketRole

from stacks.spec.problems import Problem
from stacks.spec.rules.draft import Draft

_LONGEST_ROLE = max(BucketRole, key=len)
_RESERVED_BY_LOAD_BALANCERS = "internal-"  # Elastic Load Balancing API Reference, CreateLoadBalancer, Name


def buckets_can_be_named(draft: Draft) -> Iterator[Problem]:
    """The keep's `name` is short enough for its buckets, whose names contain account and region."""
    if draft.name is None or draft.regions is None:
        return
    regions = filter(None, (draft.regions.primary, draft.regions.recovery))
    region = max(regions, key=len)
    longest = longest_tenant(_LONGEST_ROLE, region)
    if len(draft.name) > longest:
        bucket = bucket_name(draft.name, _LONGEST_ROLE, account_id="<account id>", region=region)
        yield Problem(
            path="name",
            got=f'"{draft.name}", of {len(draft.name)} characters: the bucket {bucket} would have {len(bucket)}',
            allowed=f"at most {longest} characters in {region}: names of buckets have {BUCKET_NAME_MAX} at most",
            remedy="shorten the name; display_name may hold any spelling",
        )


def load_balancers_can_be_named(draft: Draft) -> Iterator[Problem]:
    """The keep's `name` does not start with what AWS reserves in names of load balancers."""
    if draft.name is not None and load_balancer_name(draft.name).startswith(_RESERVED_BY_LOAD_BALANCERS):
        yield Problem(
            path="name",
            got=f'"{draft.name}": the load balancer would be {load_balancer_name(draft.name)}',
            allowed=f"no name that is internal or starts with {_RESERVED_BY_LOAD_BALANCERS}, which AWS reserves",
            remedy="put another word first",
        )
