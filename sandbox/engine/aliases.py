"""Finds the former URNs of resources, and renames them in a state."""

from collections.abc import Iterator

from sandbox.engine.deployment import Deployment
from sandbox.engine.goal import Alias, Goal
from sandbox.engine.state import ResourceState
from sandbox.engine.urn import ROOT_STACK_TYPE, Urn, name_of, parse_provider_ref, parse_urn


def candidates(deployment: Deployment, urn: str, goal: Goal) -> Iterator[str]:
    """The URN itself, its aliases, and those that follow from an alias of its parent; the first match wins. The caller
    holds the lock.
    """
    yield urn
    own = [_alias_urn(deployment, goal, alias) for alias in goal.aliases]
    yield from own
    parent = goal.state.parent
    parent_before = deployment.renamed.get(parent)
    if parent_before:
        yield _inherited(goal.state.type, goal.name, parent, parent_before)
        for alias in own:
            parsed = parse_urn(alias)
            yield _inherited(parsed.type, parsed.name, parent, parent_before)


def _alias_urn(deployment: Deployment, goal: Goal, alias: Alias) -> str:
    if alias.urn:
        return alias.urn
    parent = deployment.renamed.get(alias.parent, alias.parent) if alias.parent else goal.state.parent
    type_ = alias.type or goal.state.type
    if parent and not alias.no_parent and parse_urn(parent).qualified_type != ROOT_STACK_TYPE:
        type_ = f"{parse_urn(parent).qualified_type}${type_}"
    request = deployment.request
    return str(Urn(alias.stack or request.stack, alias.project or request.project, type_, alias.name or goal.name))


def _inherited(type_: str, name: str, parent: str, parent_before: str) -> str:
    """A child's URN under its parent's former URN. A child named after its parent had the parent's former name."""
    before = parse_urn(parent_before)
    parent_name = name_of(parent)
    if name.startswith(parent_name):
        name = before.name + name.removeprefix(parent_name)
    qualified = type_ if before.qualified_type == ROOT_STACK_TYPE else f"{before.qualified_type}${type_}"
    return str(Urn(before.stack, before.project, qualified, name))


def rename(deployment: Deployment, key: str, before: str, after: str) -> None:
    """Gives an instance its new URN, also in references to it: a state must not refer to what it does not contain."""

    def moved(urn: str) -> str:
        return after if urn == before else urn

    def rewritten(state: ResourceState) -> ResourceState:
        provider = state.provider
        if provider and (reference := parse_provider_ref(provider)).urn == before:
            provider = f"{after}::{reference.id}"
        return state.with_(
            parent=moved(state.parent),
            provider=provider,
            deleted_with=moved(state.deleted_with),
            dependencies=tuple(map(moved, state.dependencies)),
            property_dependencies={k: tuple(map(moved, urns)) for k, urns in state.property_dependencies.items()},
        )

    store = deployment.store
    with store.lock:
        resources = store.state.resources
        put = {other: rewritten(state) for other, state in resources.items() if before in set(state.references())}
        put[key] = put.get(key, resources[key]).with_(urn=after, type=parse_urn(after).type)
        store.commit(put=put)
