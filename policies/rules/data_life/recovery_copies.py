"""A recovery region is worth what has been copied there."""

from collections.abc import Iterator

from policies.conditions import equals
from policies.data_class import data_class_of
from policies.graph import Node
from policies.reading import first, read
from policies.rule import Case, Finding, Requirement, Scope, Severity, data_life_rule
from policies.rules._types import BUCKETS, REPLICATION
from policies.rules.data_life._common import KEPT, companions, unknown_class

COPIED = ("index", "model", "eval", "prompt", "audit")  # clones come from the Git host again; logs belong to a region
ENABLED = equals("Enabled")

RULE = data_life_rule(
    id="recovery-copies",
    title="Where a recovery region is agreed, every bucket that a restore needs is copied there, deletions too",
    severity=Severity.HIGH,
    applies_to=(*BUCKETS, REPLICATION),
    requirement=Requirement.RETENTION,
    why="A restore finds what replication brought; what was deleted at home must not live on there.",
    remedy="replicate with components.storage.replication",
    frameworks={**KEPT, "ISO 27001": ("A.5.29", "A.8.13", "A.8.14")},
    scope=Scope.STACK,
)


@RULE.check
def is_copied(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == REPLICATION:
        yield from _complete(node)
        return
    recovery = case.facts.recovery_region
    if not recovery or node.region == recovery:
        return
    yield from unknown_class(RULE, node)
    if data_class_of(node) not in COPIED:
        return
    copies = companions(node, case.graph, REPLICATION)
    if not copies:
        yield RULE.violation(node, "", f"has no replication to {recovery}")
    for copy in copies:
        yield from _destination(copy, recovery, case)


def _complete(node: Node) -> Iterator[Finding]:
    """Rules of the first version, without a filter, copy delete markers by themselves."""
    yield from RULE.require(node, "rules[*].status", ENABLED)
    for found in read(node.inputs, "rules[*]"):
        if not found.known:
            yield RULE.undecided(node, found.path)
            continue
        if first(node.inputs, f"{found.path}.filter"):
            everything = equals("").because("all objects must be copied")
            yield from RULE.require(node, f"{found.path}.filter.prefix", everything, optional=True)
            yield from RULE.require(node, f"{found.path}.deleteMarkerReplication.status", ENABLED)
        encrypted = f"{found.path}.sourceSelectionCriteria.sseKmsEncryptedObjects.status"
        yield from RULE.require(node, encrypted, ENABLED.because("S3 skips objects under a KMS key otherwise"))


def _destination(copy: Node, recovery: str, case: Case) -> Iterator[Finding]:
    """A destination that is a bucket of the stack must be in the recovery region."""
    buckets = case.graph.references(copy, "rules", *BUCKETS)
    regions = {bucket.region for bucket in buckets}
    path = "rules[0].destination.bucket"
    if not regions or None in regions:
        yield RULE.undecided(copy, path, f"the region of {first(copy.inputs, path)!r} is not known")
    elif recovery not in regions:
        yield RULE.violation(copy, path, f"copies to {', '.join(sorted(filter(None, regions)))}, not to {recovery}")
