"""Node disks contain clones, caches and weights; an unencrypted volume stays unencrypted for life."""

from collections.abc import Iterator

from policies.conditions import ON
from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Finding, Requirement, Severity, encryption_rule
from policies.rules._types import INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE
from policies.rules.encryption._at_rest import FRAMEWORKS, OWN_KEY, at_rest

VOLUME = "aws:ebs/volume:Volume"
MAPPINGS = "blockDeviceMappings"

RULE = encryption_rule(
    id="cmk-volumes",
    title="Every volume, of nodes too, is encrypted with the keep's own keys",
    severity=Severity.HIGH,
    applies_to=(VOLUME, LAUNCH_TEMPLATE, INSTANCE, LAUNCH_CONFIGURATION),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="A node's disk contains working trees and weights while it runs, and its snapshots do after it is gone.",
    remedy="use components.compute.node_hardware, or encrypt each device with the key of data class code or model",
    frameworks={**FRAMEWORKS, "CIS AWS": ("2.2.1",)},
    expects={VOLUME: at_rest("kmsKeyId", "encrypted")},
)


@RULE.check
def encrypts_volumes(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == LAUNCH_TEMPLATE:
        yield from _mappings(node)
    elif node.type != VOLUME:
        if node.inputs.get("launchTemplate") is None or node.inputs.get("rootBlockDevice") is not None:
            yield from _device(node, "rootBlockDevice")
        for found in read(node.inputs, "ebsBlockDevices[*]"):
            if found.value is not MISSING:
                yield from _device(node, found.path)


def _mappings(node: Node) -> Iterator[Finding]:
    """Mappings without `ebs` are instance stores, which Nitro encrypts, or suppress a device."""
    volumes = [found for found in read(node.inputs, f"{MAPPINGS}[*].ebs") if found.value is not MISSING]
    if not volumes:
        yield RULE.violation(node, MAPPINGS, "names no volume, so the image's is used: must encrypt the root volume")
    for found in volumes:
        if found.known:
            yield from _device(node, found.path)
        else:
            yield RULE.undecided(node, found.path)


def _device(node: Node, path: str) -> Iterator[Finding]:
    yield from RULE.require(node, f"{path}.encrypted", ON)
    if node.type != LAUNCH_CONFIGURATION:  # it takes no key; the account's default is used
        yield from RULE.require(node, f"{path}.kmsKeyId", OWN_KEY)
