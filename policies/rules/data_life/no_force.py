"""AWS refuses to delete what is not empty, unless the program asks for it to be emptied first."""

from policies.conditions import FALSE, Expectation
from policies.data_class import data_class_of
from policies.graph import Node
from policies.rule import Case, Requirement, Severity, data_life_rule
from policies.rules._types import BUCKETS, REPOSITORY
from policies.rules.data_life._common import KEPT

NOT_DESTROYED = (Expectation("forceDestroy", FALSE, optional=True),)


def _may_be_forced(node: Node, case: Case) -> bool:
    """Access logs, which are delivered until the end and outlast what they record, and a trial's images."""
    return data_class_of(node) == "log" or (node.type == REPOSITORY and not case.facts.protect)


RULE = data_life_rule(
    id="no-force",
    title="Nothing with data is emptied in order to be deleted",
    severity=Severity.HIGH,
    requirement=Requirement.RETENTION,
    why="With force, the deletion of a bucket is the deletion of every object and every version in it.",
    remedy="leave forceDestroy and forceDelete off",
    frameworks=KEPT,
    expects={
        **dict.fromkeys((*BUCKETS, "aws:s3/directoryBucket:DirectoryBucket"), NOT_DESTROYED),
        REPOSITORY: (Expectation("forceDelete", FALSE, optional=True),),
        "aws:backup/vault:Vault": NOT_DESTROYED,
    },
    exempt=_may_be_forced,
)
