"""Tags of the account's EC2 resources and GuardDuty detectors, from moto's state."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from awsread.iam.ec2 import ASSOCIATIONS
from awsread.iam.need import Need
from sandbox.account.guard.state import backend_of


def with_tags(need: Need) -> Iterator[Need]:
    """The need with the tags of its resource, in AWS's keys for them; of an association, those of its two."""
    service = need.action.partition(":")[0]
    if service not in ("ec2", "guardduty") or not need.resource.startswith("arn:"):
        yield need
        return
    prefix, _, name = need.resource.partition("/")
    place, _, kind = prefix.rpartition(":")
    _, _, _, region, account, _ = need.resource.split(":", 5)
    backend = backend_of(service, account, region)
    if backend is None:
        yield need
    elif service == "guardduty":
        detector = backend.detectors.get(name)
        yield _given(need, service, {} if detector is None else detector.tags)
    elif kind in ASSOCIATIONS:
        for joined, each in _joined(backend, name):
            yield _tagged(replace(need, resource=f"{place}:{joined}/{each}"), backend, each)
    else:
        identifier = _identifier(backend, kind, name)
        yield _tagged(replace(need, resource=f"{prefix}/{identifier}"), backend, identifier)


def _tagged(need: Need, backend: Any, identifier: str) -> Need:
    return _given(need, "ec2", backend.tags.get(identifier, {}))


def _given(need: Need, service: str, tags: Mapping[str, str]) -> Need:
    keys = {f"{space}:ResourceTag/{key}": str(value) for key, value in tags.items() for space in ("aws", service)}
    return replace(need, context={**keys, **need.context})


def _identifier(backend: Any, kind: str, name: str) -> str:
    """The id of what a call names by its name."""
    if kind == "launch-template":
        return str(backend.launch_template_name_to_ids.get(name, name))
    return name


def _joined(backend: Any, association: str) -> Iterator[tuple[str, str]]:
    for table in backend.route_tables.values():
        if association in table.all_associations_ids:
            yield "route-table", str(table.id)
            for each in table.associations:
                if each["RouteTableAssociationId"] == association and "SubnetId" in each:
                    yield "subnet", str(each["SubnetId"])
    for acl in backend.network_acls.values():
        for joined in acl.associations:
            if joined.new_association_id == association:
                yield "subnet", str(joined.subnet_id)
