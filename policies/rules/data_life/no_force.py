"""AWS refuses to delete what is not empty, unless the program tells it to empty it first."""

from collections.abc import Iterator, Mapping

from policies.data_class import data_class_of
from policies.graph import Node
from policies.graph.model import BUCKET_TYPES
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.data_life._common import KEPT

REPOSITORY = "aws:ecr/repository:Repository"
VAULT = "aws:backup/vault:Vault"
FORCES: Mapping[str, str] = {
    **dict.fromkeys(BUCKET_TYPES, "forceDestroy"),
    "aws:s3/directoryBucket:DirectoryBucket": "forceDestroy",
    REPOSITORY: "forceDelete",
    VAULT: "forceDestroy",
}

RULE = Rule(
    id="no-force",
    title="Nothing that holds data is emptied in order to be deleted",
    severity=Severity.HIGH,
    family=Family.DATA_LIFE,
    applies_to=tuple(FORCES),
    requirement=Requirement.RETENTION,
    why="With force, the deletion of a bucket is the deletion of every object and every version in it.",
    remedy="leave forceDestroy and forceDelete off",
    frameworks=KEPT,
)


@RULE.check
def is_not_forced(node: Node, case: Case) -> Iterator[Finding]:
    """Access logs may be: they are delivered until the end, and outlast what they tell of. So may a trial's images."""
    if data_class_of(node) == "log" or (node.type == REPOSITORY and not case.facts.protect):
        return
    yield from RULE.require(node, FORCES[node.type], lambda value: value is False, "must be false", optional=True)
