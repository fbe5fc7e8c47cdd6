"""Breaks every guarded property of a compliant graph, one at a time.

A mutant is the graph with one property removed, flipped, widened, moved to a foreign region or set to a wrong value,
one resource dropped, or one added. Each belongs to the rule whose guard it breaks: that rule must say so.
"""

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from policies.facts import Facts
from policies.graph import Node, ResourceGraph
from policies.graph.build import with_regions
from policies.graph.references import reference_of
from policies.reading import MISSING, Found, read
from policies.rule import Case, Rule, Verdict
from tests.policies.guards import GUARDS, Break, Guard

FOREIGN_REGION = "ap-southeast-4"
OPEN_CIDR = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One broken graph; `urn` and `path` say where it was broken, `how` in which way.

    `node` replaces the node of `urn`, or comes last where there is none; None removes it.
    """

    rule: Rule
    urn: str
    path: str
    how: str
    base: ResourceGraph
    node: Node | None

    @property
    def graph(self) -> ResourceGraph:
        """Built on access: there are thousands. Regions of the others stay, unless a provider was broken."""
        base, node = self.base, self.node
        broken = base.get(self.urn)
        rest = [node if each is broken else each for each in base]
        if node is not None and broken is None:
            rest.append(node)
        nodes = [each for each in rest if each is not None]
        if any(each is not None and each.is_provider for each in (broken, node)):
            return with_regions(base.project, base.stack, nodes, None)
        if node is not None:
            [settled] = with_regions(base.project, base.stack, [*_providers(base, node), node], None).nodes[-1:]
            nodes = [settled if each is node else each for each in nodes]
        return ResourceGraph(project=base.project, stack=base.stack, nodes=tuple(nodes))

    def __str__(self) -> str:
        _, type_, name = self.urn.rsplit("::", 2)
        return f"{self.rule.id}: {self.how} {self.path or 'resource'} of {type_}::{name}"


def mutants(graph: ResourceGraph, rules: Sequence[Rule], facts: Facts) -> Iterator[Mutant]:
    """All mutants of a graph, in the order of rules, guards and nodes."""
    for rule in rules:
        for guard in (each for each in GUARDS.get(rule.id, ()) if each.when(facts)):
            yield from _added(graph, rule, guard)
            for node in graph.of_type(guard.type):
                yield from _of_node(graph, rule, guard, node, facts)


def caught(mutant: Mutant, facts: Facts) -> bool:
    """Whether the mutant's own rule reports a violation."""
    graph = mutant.graph
    case = Case(facts=facts, graph=graph)
    judged = (node for node in graph if mutant.rule.applies(node))
    return any(finding.verdict is Verdict.VIOLATION for node in judged for finding in mutant.rule.judge(node, case))


def _providers(graph: ResourceGraph, node: Node) -> list[Node]:
    found = graph.get(node.provider or "")
    return [found] if found else []


def _of_node(graph: ResourceGraph, rule: Rule, guard: Guard, node: Node, facts: Facts) -> Iterator[Mutant]:
    if guard.drop:
        yield Mutant(rule=rule, urn=node.urn, path="", how="drop", base=graph, node=None)
    if not guard.path:
        return
    side = "outputs" if node.is_component else "inputs"  # a stack's outputs are what its program exports
    props = getattr(node, side)
    for found in read(props, guard.path):
        path = _whole(found, guard)
        for how, value in _broken(found, guard, facts) if path else ():
            changed = replace(node, **{side: _set(props, path, value)})
            yield Mutant(rule=rule, urn=node.urn, path=path, how=how, base=graph, node=changed)


def _whole(found: Found, guard: Guard) -> str:
    """The guard's own path where an optional part above it is unset; "" where that means an item of an unset list."""
    if found.value is not MISSING or not guard.path.startswith(f"{found.path}."):
        return found.path
    return "" if "[*]" in guard.path.removeprefix(found.path) else guard.path


def _added(graph: ResourceGraph, rule: Rule, guard: Guard) -> Iterator[Mutant]:
    stack = next(node for node in graph if node.parent is None)
    model = next((node for node in graph.resources if node.provider), None)
    for index, inputs in enumerate(guard.add):
        urn = f"urn:pulumi:{graph.stack}::{graph.project}::{guard.type}::mutant-{index}"
        node = Node(
            urn=urn,
            type=guard.type,
            name=f"mutant-{index}",
            parent=stack.urn,
            provider=model.provider if model else None,
            inputs=dict(inputs),
        )
        yield Mutant(rule=rule, urn=urn, path="", how=f"add {inputs}", base=graph, node=node)


def _broken(found: Found, guard: Guard, facts: Facts) -> Iterator[tuple[str, Any]]:
    for value in guard.values:
        if value != found.value:
            yield f"set to {value!r}", value
    if found.value is MISSING or not found.known:
        return
    if Break.REMOVE in guard.breaks:
        yield "remove", MISSING
    if Break.FLIP in guard.breaks and isinstance(found.value, bool):
        yield "flip", not found.value
    if Break.WIDEN in guard.breaks:
        yield "widen", _widened(found.value)
    if Break.MOVE in guard.breaks and (moved := _moved(found.value, facts)) != found.value:
        yield "move", moved


def _widened(value: Any) -> Any:
    if isinstance(value, list):
        return [_widened(value[0])] if value else ["*"]
    if isinstance(value, str):
        return OPEN_CIDR if "/" in value and value[:1].isdigit() else "*"
    raise TypeError(f"nothing wider than {value!r}; give the guard `values`")


def _moved(value: Any, facts: Facts) -> Any:
    if isinstance(value, str):
        if reference_of(value):
            return f"arn:aws:any:{FOREIGN_REGION}:{facts.account_id}:moved"
        for region in sorted(facts.allowed_regions, key=len, reverse=True):
            value = value.replace(region, FOREIGN_REGION)
        return value
    if isinstance(value, list):
        return [_moved(item, facts) for item in value]
    if isinstance(value, dict):
        return {key: _moved(item, facts) for key, item in value.items()}
    return value


def _set(props: Any, path: str, value: Any) -> Any:
    """A deep copy with one value set, or taken out where it is MISSING; `|` reaches into JSON text."""
    outer, bar, inner = path.partition("|")
    if bar:
        document = next(read(props, outer)).value
        parsed = json.loads(document) if isinstance(document, str) else document
        rendered = _set(parsed, inner, value)
        return _set(props, outer, json.dumps(rendered) if isinstance(document, str) else rendered)
    changed = copy.deepcopy(dict(props))
    holder: Any = changed
    steps = _steps(outer)
    for step, following in pairwise(steps):
        if isinstance(step, str) and holder.get(step) is None:
            holder[step] = [] if isinstance(following, int) else {}
        holder = holder[step]
    last = steps[-1]
    if value is not MISSING:
        holder[last] = value
    elif isinstance(last, int):
        del holder[last]
    else:
        holder.pop(last, None)
    return changed


def _steps(path: str) -> list[str | int]:
    flat = path.replace("[", ".[").split(".")
    return [int(step[1:-1]) if step.startswith("[") else step for step in flat if step]
