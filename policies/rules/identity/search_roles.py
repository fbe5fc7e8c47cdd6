"""A domain with fine-grained access answers 403 to every IAM role that nobody mapped to a role of its own."""

import re
from collections.abc import Iterator, Mapping

from policies.documents import Kind, Statement, judge_allowed
from policies.graph import SECRET, UNKNOWN, Node, ResourceGraph
from policies.reading import MISSING, first, read
from policies.rule import Case, Finding, Requirement, Scope, Severity, identity_rule
from policies.rules._types import DOMAINS
from policies.rules.identity._actions import matching

SEARCHES = frozenset({"es:eshttpget", "es:eshttppost", "es:eshttpput"})
ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
INLINE, ROLE = "aws:iam/rolePolicy:RolePolicy", "aws:iam/role:Role"
JOB, CONFIG_MAP = "kubernetes:batch/v1:Job", "kubernetes:core/v1:ConfigMap"
MASTER = "advancedSecurityOptions.masterUserOptions.masterUserArn"
NAMED_IN_BODIES = "rest.action.multi.allow_explicit_index"

RULE = identity_rule(
    id="search-roles",
    title="A Job maps every role that searches, and no request body names another index than its path",
    severity=Severity.HIGH,
    applies_to=(INLINE, *DOMAINS),
    requirement=Requirement.ACCESS_CONTROL,
    why="IAM lets a pod reach the domain, whose own security refuses roles it does not know; bodies hide an index.",
    remedy="install components.release.search_roles, and create the domain with components.storage.vector_index",
    frameworks={"SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.8.3")},
    scope=Scope.STACK,
)


@RULE.check
def is_mapped(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in DOMAINS:
        yield from _names_no_index_in_bodies(node)
    elif _asks_the_domain(case) and _has_pods(node, case.graph) and not _is_master(node, case.graph):
        mapped = judge_allowed(RULE, node, (Kind.IDENTITY,), lambda statement: _mapped(node, statement, case.graph))
        yield from dict.fromkeys(mapped)  # one for all statements


def _names_no_index_in_bodies(node: Node) -> Iterator[Finding]:
    options = node.inputs.get("advancedOptions")
    value = options.get(NAMED_IN_BODIES) if isinstance(options, Mapping) else None
    if value in (UNKNOWN, SECRET) or (options is not None and not isinstance(options, Mapping)):
        yield RULE.undecided(node, "advancedOptions")
    elif str(value).lower() != "false":
        yield RULE.violation(node, "advancedOptions", f"{NAMED_IN_BODIES} must be false")


def _asks_the_domain(case: Case) -> bool:
    """Whether a domain decides by roles of its own; the domain of a pooled keep, its platform's, does."""
    own = (first(node.inputs, "advancedSecurityOptions.enabled") for node in case.graph.of_type(*DOMAINS))
    return any(each not in (False, MISSING) for each in own) or (
        case.facts.tier == "pooled" and not case.facts.platform
    )


def _has_pods(node: Node, graph: ResourceGraph) -> bool:
    """Whether pods run under the role, as far as EKS is told who takes it: a keep may have no release yet."""
    role = node.inputs.get("role")
    accounts = {
        first(each.inputs, "serviceAccount")
        for each in graph.of_type(ASSOCIATION)
        if role in {found.inputs.get("name") for found in graph.references(each, "roleArn", ROLE)}
    }
    used = graph.derived(_accounts_of_pods)
    return not accounts or not used.isdisjoint((UNKNOWN, SECRET)) or bool(accounts & used)


def _accounts_of_pods(graph: ResourceGraph) -> frozenset[object]:
    return frozenset(each for node in graph if node.package == "kubernetes" for each in _named_in(node.inputs))


def _named_in(value: object) -> Iterator[object]:
    """What `serviceAccountName` is set to anywhere in an object: every kind has its pods elsewhere."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            named = key == "serviceAccountName" and not isinstance(each, Mapping)  # a definition's schema has it, too
            yield from (each,) if named else _named_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _named_in(each)


def _is_master(node: Node, graph: ResourceGraph) -> bool:
    masters = [
        role for domain in graph.of_type(*DOMAINS) for role in graph.references(domain, "advancedSecurityOptions", ROLE)
    ]
    named = {role.inputs.get("name") for role in masters}
    arns = (first(each.inputs, MASTER) for each in graph.of_type(*DOMAINS))  # as a state has it, without references
    return node.inputs.get("role") in named | {each.rpartition("/")[2] for each in arns if isinstance(each, str)}


def _mapped(node: Node, statement: Statement, graph: ResourceGraph) -> Iterator[Finding]:
    role = node.inputs.get("role")
    if not matching(statement.actions, SEARCHES):
        return
    texts = graph.derived(_given_to_jobs)
    if not isinstance(role, str) or not all(isinstance(each, str) for each in texts):
        yield RULE.undecided(node, "role", "the role, or what a Job is given, is not known yet")
    elif not any(re.search(rf':role/(?:[^"]*/)?{re.escape(role)}"', str(each)) for each in texts):
        if any(first(each.inputs, MASTER) is MISSING for each in graph.of_type(*DOMAINS)):  # AWS never tells it
            yield RULE.undecided(
                node, "role", f"no Job maps {role}, and whether it is the domain's master is not known"
            )
        else:
            yield RULE.violation(node, "role", f"no Job maps {role} in the domain, which will answer it with 403")


def _given_to_jobs(graph: ResourceGraph) -> tuple[object, ...]:
    """The documents in the ConfigMaps that Jobs mount; among them UNKNOWN where one is not known."""
    volumes = [
        (first(job.inputs, "metadata.namespace"), found)
        for job in graph.of_type(JOB)
        for found in read(job.inputs, "spec.template.spec.volumes[*].configMap.name")
    ]
    places = {(namespace, found.value) for namespace, found in volumes}
    maps = {
        each.urn: (first(each.inputs, "metadata.namespace"), first(each.inputs, "metadata.name"), each)
        for each in graph.of_type(CONFIG_MAP)
    }
    names = [value for place in (*places, *(each[:2] for each in maps.values())) for value in place]
    data = [each.inputs.get("data") for space, name, each in maps.values() if (space, name) in places]
    if UNKNOWN in (*names, *data) or not all(found.known for _, found in volumes):
        return (UNKNOWN,)
    return tuple(text for each in data if isinstance(each, Mapping) for text in each.values())
