"""Asks the account, before `up`, whether its region offers the instance types of the spec's pools."""

from codekeep_contracts.faults import UsageFault

from stacks.engines.engine import Engine
from stacks.sessions.account import account_of
from stacks.spec import Spec


def require_offered_types(engine: Engine, spec: Spec | None) -> None:
    """Raises:
    UsageFault: a pool names a type that the region does not offer to the account.
    Fault: the account did not answer.
    """
    types = [name for pool in spec.pools for name in pool.instance_types] if spec is not None else []
    if spec is None or not types:
        return
    region = spec.regions.primary
    offered = _offered(engine, spec, types)
    for index, pool in enumerate(spec.pools):
        if missing := [name for name in pool.instance_types if name not in offered]:
            raise UsageFault(
                f"pools[{index}].instance_types: got {', '.join(missing)}, which AWS does not offer to account "
                f"{spec.account.id} in {region}; allowed: types that it offers (aws ec2 "
                f"describe-instance-type-offerings --region {region}); remedy: choose another type or region"
            )


def _offered(engine: Engine, spec: Spec, types: list[str]) -> set[str]:
    wanted = [{"Name": "instance-type", "Values": sorted(set(types))}]
    failure = "did not say which instance types it is offered"
    with account_of(engine, spec, failure, "ec2:DescribeInstanceTypeOfferings") as account:
        paginator = account.client("ec2", None).get_paginator("describe_instance_type_offerings")
        pages = paginator.paginate(LocationType="region", Filters=wanted)
        return {each["InstanceType"] for page in pages for each in page["InstanceTypeOfferings"]}
