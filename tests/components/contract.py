"""Checks that every component must pass; each component's tests call them."""

import importlib
import inspect
from functools import cache

from components.naming import Keep
from tests.components.recording import Node, Recording


def assert_contract(recording: Recording[object], keep: Keep, *, regions: frozenset[str] | None = None) -> None:
    """Children have parents, outputs are registered, names derived, taggable resources tagged, all in known regions."""
    assert recording.components, "no component registered"
    assert recording.resources, "no resource registered"
    components = {node.urn for node in recording.components}
    for node in recording.components:
        assert node.urn in recording.component_outputs, f"{node.type} {node.name}: register_outputs missing"
        assert recording.component_outputs[node.urn], f"{node.type} {node.name}: registers no outputs"
        assert node.type.startswith("codekeep:"), node.type
    for node in recording.resources:
        assert node.parent in components, f"{node.type} {node.name} has no component as parent"
        assert node.name.startswith(f"{keep.tenant}-"), f"{node.type} {node.name} does not carry the tenant's name"
        allowed = regions or frozenset({keep.region})
        assert node.region in allowed, f"{node.type} {node.name} sits in {node.region}"
        _assert_tagged(node, keep, allowed)


def _assert_tagged(node: Node, keep: Keep, regions: frozenset[str]) -> None:
    if not accepts(node.type, "tags"):
        return
    tags = node.tags
    assert tags.get("codekeep:tenant") == keep.tenant, f"{node.type} {node.name} carries no tenant tag: {tags}"
    assert tags["codekeep:tier"] == keep.tier.value
    assert "codekeep:spec-digest" not in tags  # or a change of the spec would change every resource
    # A global resource (a role) is tagged with the region it serves.
    places = {node.region} if accepts(node.type, "region") else regions
    assert tags["codekeep:region"] in places, f"{node.type} {node.name}: tag {tags['codekeep:region']}"
    assert tags["codekeep:data-class"], node.name
    for key, value in keep.extra_tags.items():
        assert tags.get(key) == value


@cache
def accepts(token: str, argument: str) -> bool:
    """Whether the official provider takes an argument (`tags`, `region`) on this type."""
    package, module, kind = token.split(":")
    if package != "aws":
        return False
    python = importlib.import_module(f"pulumi_aws.{module.split('/')[0]}")
    return argument in inspect.signature(getattr(python, kind)._internal_init).parameters
