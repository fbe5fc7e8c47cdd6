"""Node disks hold clones, caches and weights; a volume without encryption stays so for life."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.encryption._keys import (
    FRAMEWORKS,
    AtRest,
    customer_key,
    encrypted,
    is_on,
    switched,
)

VOLUME, TEMPLATE = "aws:ebs/volume:Volume", "aws:ec2/launchTemplate:LaunchTemplate"
INSTANCE, CONFIGURATION = "aws:ec2/instance:Instance", "aws:ec2/launchConfiguration:LaunchConfiguration"
VOLUME_TYPES = {VOLUME: AtRest(switch="encrypted", key="kmsKeyId")}
MAPPINGS = "blockDeviceMappings"

RULE = Rule(
    id="cmk-volumes",
    title="Every volume, of nodes too, is encrypted with the keep's own keys",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=(VOLUME, TEMPLATE, INSTANCE, CONFIGURATION),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="A node's disk holds working trees and weights while it runs, and its snapshots do after it is gone.",
    remedy="use components.compute.node_ground, or encrypt each device with the key of data class code or model",
    frameworks={**FRAMEWORKS, "CIS AWS": ("2.2.1",)},
)


@RULE.check
def encrypts_volumes(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == VOLUME:
        yield from encrypted(RULE, node, VOLUME_TYPES)
    elif node.type == TEMPLATE:
        yield from _mappings(node)
    else:
        yield from _devices(node)


def _mappings(node: Node) -> Iterator[Finding]:
    """Mappings without `ebs` are instance stores, which Nitro encrypts, or suppress a device."""
    volumes = [found for found in read(node.inputs, f"{MAPPINGS}[*].ebs") if found.value is not MISSING]
    if not volumes:
        yield RULE.violation(
            node, MAPPINGS, "names no volume, so the image's own is taken as it is: must encrypt the root volume"
        )
    for found in volumes:
        if not found.known:
            yield RULE.undecided(node, found.path)
            continue
        yield from switched(RULE, node, f"{found.path}.encrypted", is_on, "must be true")
        yield from customer_key(RULE, node, f"{found.path}.kmsKeyId")


def _devices(node: Node) -> Iterator[Finding]:
    if node.inputs.get("launchTemplate") is None or node.inputs.get("rootBlockDevice") is not None:
        yield from _device(node, "rootBlockDevice")
    for found in read(node.inputs, "ebsBlockDevices[*]"):
        if found.value is not MISSING:
            yield from _device(node, found.path)


def _device(node: Node, path: str) -> Iterator[Finding]:
    yield from switched(RULE, node, f"{path}.encrypted", is_on, "must be true")
    if node.type == INSTANCE:  # a launch configuration takes no key; the account's default is used
        yield from customer_key(RULE, node, f"{path}.kmsKeyId")
