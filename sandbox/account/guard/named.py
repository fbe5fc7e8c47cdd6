"""Policies of the resource that a call names, from moto's state: read for this call alone."""

import json
from dataclasses import replace
from typing import Any, Final

from awsread.iam import Policies, parsed
from sandbox.account.guard.state import backend_of

LOGS: Final = "logs"
BALANCING: Final = "elasticloadbalancing"
HELD: Final = {  # service in ARNs → moto's name of it, where its backend has the resources, their attribute
    "ecr": ("ecr", "repositories", "policy"),
    "es": ("opensearch", "domains", "access_policies"),
    "secretsmanager": ("secretsmanager", "secrets", "policy"),
    "sns": ("sns", "topics", "policy"),
}


def with_named(known: Policies, resource: str) -> tuple[Policies, str]:
    """The policies with those of the named resource, and its whole ARN: a secret may be named without its ending.

    CloudWatch Logs has no policy of one log group: those of its region have a say on all.
    """
    fields = resource.split(":", 5)
    service = fields[2] if len(fields) == len(("arn", "partition", "service", "region", "account", "name")) else ""
    if service == BALANCING:
        return known, _balanced(resource, fields[4], fields[3])
    if service == LOGS:
        backend = backend_of(LOGS, fields[4], fields[3])
        said = [] if backend is None else [parsed(each.policy_document) for each in backend.resource_policies.values()]
        return replace(known, regional={f"{LOGS}:{fields[3]}": said}), resource
    if service not in HELD:
        return known, resource
    name, place, attribute = HELD[service]
    backend = backend_of(name, fields[4], fields[3])
    for each in () if backend is None else list(getattr(backend, place).values()):
        origin = getattr(each, "source", each)  # a copy of a secret has the primary's name and policy
        if resource in (each.arn, f"{':'.join(fields[:5])}:secret:{getattr(origin, 'name', '')}"):
            policy = getattr(origin, attribute)
            return (_with(known, str(each.arn), policy) if policy else known), str(each.arn)
    return known, resource


def _balanced(resource: str, account: str, region: str) -> str:
    """The ARN of a network load balancer or of its listener: moto gives all of them that of an application's."""
    backend, name = backend_of("elbv2", account, region), resource.split("/")[2:3]
    balancers = [] if backend is None else list(backend.load_balancers.values())
    network = any(each.name in name and each.type == "network" for each in balancers)
    return resource.replace("/app/", "/net/", 1) if network else resource


def _with(known: Policies, arn: str, policy: Any) -> Policies:
    text = policy if isinstance(policy, str) else json.dumps(policy)
    return replace(known, resources={**known.resources, arn: parsed(text)})
