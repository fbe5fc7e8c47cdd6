"""AWS refuses to delete what is not empty, unless the program asks for it to be emptied first."""

from collections.abc import Iterator

from policies.conditions import FALSE
from policies.data_class import data_class_of, has_unknown_class
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, data_life_rule
from policies.rules._types import BUCKETS, REPOSITORY
from policies.rules.data_life._common import KEPT, unknown_class

PATHS = {
    **dict.fromkeys((*BUCKETS, "aws:s3/directoryBucket:DirectoryBucket"), "forceDestroy"),
    REPOSITORY: "forceDelete",
    "aws:backup/vault:Vault": "forceDestroy",
}

RULE = data_life_rule(
    id="no-force",
    title="Nothing with data is emptied in order to be deleted",
    severity=Severity.HIGH,
    applies_to=tuple(PATHS),
    requirement=Requirement.RETENTION,
    why="With force, the deletion of a bucket is the deletion of every object and every version in it.",
    remedy="leave forceDestroy and forceDelete off",
    frameworks=KEPT,
)


@RULE.check
def is_not_forced(node: Node, case: Case) -> Iterator[Finding]:
    """Access logs may be: they are delivered until the end and outlast what they record. So may a trial's images."""
    if data_class_of(node) == "log" or (node.type == REPOSITORY and not case.facts.protect):
        return
    forced = list(RULE.require(node, PATHS[node.type], FALSE, optional=True))
    yield from unknown_class(RULE, node) if forced and has_unknown_class(node) else forced
