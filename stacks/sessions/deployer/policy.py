"""The deployer's role: whom it trusts, and the least that it must be allowed."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from codekeep_contracts.faults import UsageFault
from codekeep_contracts.physical_names import PREFIX

from awsread.iam.operations import ONLY_ALL
from components.arns import partition
from policies.graph import ResourceGraph
from stacks.project import Project
from stacks.sessions.deployer.ec2 import ec2_statements, emptying_statements, is_by_tag
from stacks.sessions.deployer.identity import founding_statements, identity_statements, role_arns
from stacks.sessions.deployer.keys import key_statements
from stacks.sessions.deployer.names import NAMED, arns, clusters
from stacks.sessions.deployer.tables import (
    ASK_IMAGES,
    PASSED,
    PUSH_IMAGES,
    PUSH_MODELS,
    REGISTRY,
    SERVICE_ROLES,
    actions_for,
)
from stacks.sessions.deployer.tagged import is_by_own_tag, making_statements, tagged_statements
from stacks.sessions.preconditions import require_valid_spec
from stacks.sessions.recording import StackRecorder
from stacks.spec import Spec, TenantSpec, is_pooled
from stacks.supplies import models_of
from stacks.translation import keep_of

ZONE: Final = "aws:route53/zone:Zone"
RECORDS: Final = "route53:ChangeResourceRecordSets"
RECORD_NAMES: Final = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
SERVICE_ROLE: Final = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
MANAGED_POLICY_CHARACTERS: Final = 6_144  # IAM's limit for a managed policy, of which a role has ten
# Where a slash ends a keep's name in the names of its resources; other services' are exact (names.py).
BELOW_NAME: Final[Mapping[str, tuple[str, ...]]] = {
    "ecr": ("repository/{keep}/*",),
    "logs": ("log-group:/aws/eks/{keep}/*", "log-group:/codekeep/{tenant}/*"),
}
# They answer from one region, whatever the keep's; Service Quotas does for IAM's quotas.
GLOBAL: Final = ("billing", "budgets", "iam", "route53", "servicequotas")


@dataclass(frozen=True, kw_only=True)
class DeployerRole:
    """A trust policy, and permissions in as many managed policies as IAM's limit asks for.

    `founding` are those to write the boundary, and the policies of roles without one, to empty what a new network comes
    with, and to make what only tags tell apart: while it is attached, the deployer can give itself everything.
    """

    arn: str
    trust: Mapping[str, Any]
    policies: tuple[Mapping[str, Any], ...]
    founding: Mapping[str, Any]


def deployer_role(project: Project, stack: str, trusted: str | None = None) -> DeployerRole:
    """The role that a stack's `up` assumes. `trusted` may assume it: by default whom its account's IAM policies let.

    Raises:
        UsageFault: there is no such stack, it has no spec, or its spec has problems.
        Fault: the program failed.
    """
    spec = require_valid_spec(project, stack)
    if spec is None:
        raise UsageFault(f"stack {stack} has no spec, which names the account and the deployer's role")
    return role_for(spec, StackRecorder(project).graph(stack), trusted)


def role_for(spec: Spec, graph: ResourceGraph, trusted: str | None = None) -> DeployerRole:
    """The role for a graph."""
    arn, root = spec.account.deployer_role_arn, f"arn:{partition(spec.regions.primary)}:iam::{spec.account.id}:root"
    statement = {"Effect": "Allow", "Principal": {"AWS": trusted or root}, "Action": "sts:AssumeRole"}
    types = {node.type for node in graph.resources if node.package == "aws"}
    regions = sorted({node.region for node in graph.resources if node.region})
    needed, tenant = sorted(actions_for(types)), keep_of(spec).tenant
    founding = founding_statements(graph, _identity(needed), prefix=_place(spec, "iam"))
    emptying = emptying_statements(graph, prefix=_place(spec, "ec2"), tenant=tenant)
    making = making_statements(needed, tenant=tenant)
    return DeployerRole(
        arn=arn,
        trust=_document([statement]),
        policies=tuple(_split(_statements(spec, graph, types, needed, regions))),
        founding=_document(
            [
                *(_allow(*each) for each in founding),
                *(_allow(actions, place, _inside(regions, limit)) for actions, place, limit in (*emptying, *making)),
            ]
        ),
    )


def _statements(
    spec: Spec, graph: ResourceGraph, types: set[str], needed: list[str], regions: list[str]
) -> list[dict[str, Any]]:
    iam, tenant, identity = _place(spec, "iam"), keep_of(spec).tenant, _identity(needed)
    tagged = [each for each in needed if is_by_tag(each) or is_by_own_tag(each)]
    scoped: dict[str, list[str]] = {}
    for action in needed:
        service = action.partition(":")[0]
        if action not in identity and action not in tagged and service != "kms":
            named = service in BELOW_NAME or service in NAMED
            scoped.setdefault(service if named and action not in ONLY_ALL else "", []).append(action)
    everywhere = scoped.pop("")
    worldwide = [each for each in everywhere if each.partition(":")[0] in GLOBAL]
    inside = {"StringEquals": {"aws:RequestedRegion": regions}}
    services = sorted({PASSED[each] for each in types & PASSED.keys()})
    passing = {"StringEquals": {"iam:PassedToService": services}}
    linked = {SERVICE_ROLES[each] for each in types & SERVICE_ROLES.keys()}
    linked |= {str(each.inputs["awsServiceName"]) for each in graph.of_type(SERVICE_ROLE)}
    network = ec2_statements(
        graph,
        needed,
        prefix=_place(spec, "ec2"),
        tenant=tenant,
        platforms=[each.removeprefix(f"{PREFIX}-") for each in clusters(graph)] if is_pooled(spec) else (),
    )
    owned = tagged_statements(needed, account=spec.account.id, partition=partition(spec.regions.primary), tenant=tenant)
    keys = key_statements(
        graph,
        needed,
        prefix=_place(spec, "kms"),
        tenant=tenant,
        regions=regions,
        models=isinstance(spec, TenantSpec) and bool(models_of(spec)),
    )
    return [
        *(_allow(actions, _scope(spec, graph, service)) for service, actions in scoped.items()),
        *(_allow(part, ["*"], inside) for part in _parts([each for each in everywhere if each not in worldwide])),
        _allow([each for each in worldwide if each != RECORDS], ["*"]),
        *_records(spec, graph),
        *(
            _allow(actions, resources, _inside(regions, condition))
            for actions, resources, condition in [*network, *owned]
        ),
        *(_allow(*each) for each in keys),
        *_supplies(spec, graph),
        *([_allow(["iam:PassRole"], role_arns(graph, iam), passing)] if services else []),
        *(_allow(*each) for each in identity_statements(graph, identity, prefix=iam, services=linked)),
    ]


def _identity(actions: Iterable[str]) -> list[str]:
    """Actions of IAM on roles and policies."""
    return [each for each in actions if each.startswith("iam:") and each not in ONLY_ALL]


def _records(spec: Spec, graph: ResourceGraph) -> Iterator[dict[str, Any]]:
    """For records of the keep's own zones: AWS makes their ids, so by name."""
    names = sorted({str(zone.inputs["name"]).rstrip(".").lower() for zone in graph.of_type(ZONE)})
    if names:
        known = {RECORD_NAMES: [form for name in names for form in (name, f"*.{name}")]}
        yield _allow([RECORDS], [f"{_place(spec, 'route53')}hostedzone/*"], {"ForAllValues:StringLike": known})


def _inside(regions: list[str], condition: Mapping[str, Any]) -> dict[str, Any]:
    return {**condition, "StringEquals": {**condition.get("StringEquals", {}), "aws:RequestedRegion": regions}}


def _scope(spec: Spec, graph: ResourceGraph, service: str) -> list[str]:
    """The ARNs of the keep's resources of a service."""
    keep, place = keep_of(spec), _place(spec, service)
    if service in BELOW_NAME:
        return [place + each.format(keep=keep.physical(), tenant=keep.tenant) for each in BELOW_NAME[service]]
    return arns(graph, service, place)


def _place(spec: Spec, service: str) -> str:
    """What the ARNs of a service's resources in the account begin with, in any region."""
    within = {"iam": f":{spec.account.id}", "route53": ":", "s3": ":"}.get(service, f"*:{spec.account.id}")
    return f"arn:{partition(spec.regions.primary)}:{service}:{within}:"


def _supplies(spec: Spec, graph: ResourceGraph) -> Iterator[dict[str, Any]]:
    """For the images and models of the keep's own registry and bucket, and to see those of its platform."""
    if is_pooled(spec):
        yield _allow(ASK_IMAGES, [f"{_place(spec, 'ecr')}repository/{each}/*" for each in clusters(graph)])
    else:
        yield _allow([*ASK_IMAGES, *PUSH_IMAGES], _scope(spec, graph, "ecr"))
        yield _allow(REGISTRY, ["*"])
    if isinstance(spec, TenantSpec) and (models := models_of(spec)):
        yield _allow(PUSH_MODELS, [f"{_place(spec, 's3')}{models[0].bucket}/*"])


def _parts(actions: list[str]) -> Iterator[list[str]]:
    """Actions by the half of the alphabet that their service is in, so that a policy is not longer than IAM allows."""
    for part in ([each for each in actions if each < "ec3"], [each for each in actions if each >= "ec3"]):
        if part:
            yield part


def _allow(actions: Iterable[str], resources: list[str], condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _split(statements: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """As few documents as hold the statements in order."""
    kept: list[dict[str, Any]] = []
    for each in statements:
        if kept and len(text_of(_document([*kept, each]))) > MANAGED_POLICY_CHARACTERS:
            yield _document(kept)
            kept = []
        kept.append(each)
    if kept:
        yield _document(kept)


def text_of(document: Mapping[str, Any]) -> str:
    """A policy without white space, which IAM does not count."""
    return json.dumps(document, separators=(",", ":"))
