"""A condition on a key that the caller never sends is never true: the statement allows nothing, and nobody is told."""

from collections.abc import Iterator, Sequence

from policies.documents import Kind, Statement, documents, types_with
from policies.graph import Node
from policies.reading import read
from policies.rule import Case, Finding, Requirement, Scope, Severity, examine, identity_rule
from policies.rules.identity._actions import matching
from policies.rules.identity._condition_table import ANY, Refused, is_meant, refused

KINDS = (Kind.KEY, Kind.RESOURCE, Kind.TRUST)
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
OTHER_SUFFIXES = (".amazonaws.com.cn", ".amazonaws.eu")

RULE = identity_rule(
    id="key-conditions",
    title="Key, topic and trust policies ask for no condition that AWS's services do not send",
    severity=Severity.HIGH,
    applies_to=types_with(*KINDS),
    requirement=Requirement.ACCESS_CONTROL,
    why="AWS refuses the cluster, or drops findings and logs without an error.",
    remedy="see policies/rules/identity/key_conditions.toml for what each service sends, with AWS's guides",
    frameworks={"SOC 2": ("CC6.1", "CC7.2"), "ISO 27001": ("A.8.15", "A.8.24")},
    scope=Scope.STACK,  # what a key may ask for depends on who uses it
)


@RULE.check
def conditions_can_be_met(node: Node, case: Case) -> Iterator[Finding]:
    for document in documents(node, *KINDS):
        examine(node, next(read(node.inputs, document.path)))
        if document.statements is None:
            yield RULE.undecided(node, document.path)
            continue
        allowing = [each for each in document.statements if each.allows]
        for row in refused():
            if row.kind is document.kind and _is_used(node, row.used_by, case):
                yield from _unmet(node, row, allowing)
        for statement in allowing:
            yield from _suffixes(node, statement)


def _is_used(node: Node, chain: Sequence[str], case: Case) -> bool:
    """Whether each link of the chain refers to the one before; a policy of its own stands for the key that it names."""
    graph = case.graph
    found = [node, *(graph.references(node, "keyId") if node.type == KEY_POLICY else ())]
    for link in chain:
        token, _, name = link.rpartition(".")
        found = [user for each in found for user in graph.referrers(each, name, token)]
    return bool(found)


def _unmet(node: Node, row: Refused, allowing: Sequence[Statement]) -> Iterator[Finding]:
    for who, statements in _by_principal(row, allowing).items():
        needed = [_needed(each, row) for each in statements]
        if all(needed):  # one statement that needs none of them is enough
            for statement, keys in zip(statements, needed, strict=True):
                message = f"asks {who} for {', '.join(keys)}, which is not sent with {row.action}: {row.instead}"
                yield RULE.violation(node, f"{statement.path}.Condition", message)


def _by_principal(row: Refused, allowing: Sequence[Statement]) -> dict[str, list[Statement]]:
    """The statements that allow the row's action, by service; those for principals of accounts together."""
    found: dict[str, list[Statement]] = {}
    for statement in allowing:
        meant = [each for each in statement.principals if is_meant(each, row.principal)]
        if matching(statement.actions, {row.action.lower()}):
            for name in {"principals of accounts" if each.kind == "AWS" else each.value for each in meant}:
                found.setdefault(name, []).append(statement)
    return found


def _needed(statement: Statement, row: Refused) -> list[str]:
    """The row's keys without which the statement does not apply."""
    named = sorted({name for keys in statement.conditions.values() for name in keys})
    wanted = {key.lower() for key in row.keys}
    return [name for name in named if (ANY in wanted or name.lower() in wanted) and statement.bound_values(name)]


def _suffixes(node: Node, statement: Statement) -> Iterator[Finding]:
    for value in statement.condition_values("kms:ViaService"):
        if value.endswith(OTHER_SUFFIXES):
            right = "kms:ViaService ends in .amazonaws.com in all partitions"
            yield RULE.violation(node, f"{statement.path}.Condition", f"got {value!r}: {right}")
