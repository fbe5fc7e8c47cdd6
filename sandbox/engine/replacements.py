"""Delete-before-replace: what must go before a resource can, and the going."""

import threading

from sandbox.engine import steps
from sandbox.engine.deployment import Claim, Deployment
from sandbox.engine.diff import apply_replace_on_changes
from sandbox.engine.provider import ProviderError
from sandbox.engine.state import ResourceState, in_dependency_order
from sandbox.engine.urn import is_provider_type, parse_provider_ref
from sandbox.engine.values import UNKNOWN


def delete_first(deployment: Deployment, claim: Claim, old: ResourceState) -> ResourceState:
    """Deletes the old instance, before it those dependents that cannot outlive it; returns its state, awaiting
    replacement.

    Raises ProviderError where a dependent is protected.
    """
    doomed = _take_dependents(deployment, old)
    try:
        for key, state in reversed(doomed):
            steps.delete(deployment, key, state, replacement_follows=True)
        _await_claimed_dependents(deployment, claim, old)
        key = claim.old_key or ""
        steps.delete(deployment, key, old, replacement_follows=True)
    finally:
        for dependent_key, _ in doomed:
            deployment.being_deleted[dependent_key].set()
    return old.with_(pending_replacement=True)


def _take_dependents(deployment: Deployment, root: ResourceState) -> list[tuple[str, ResourceState]]:
    """The dependents that a change of the root replaces, in dependency order, marked so that nobody else touches
    them.
    """
    replaced = {root.urn}
    doomed: list[tuple[str, ResourceState]] = []
    for key, state in dependents(deployment, root.urn):
        if not _needs_replacement(deployment, state, replaced):
            continue
        with deployment.lock:
            if key in deployment.claimed_keys or key in deployment.being_deleted:
                continue
            if state.protect:
                raise ProviderError(
                    f"{root.urn} must be deleted before it is replaced, and {state.urn} with it, which is protected; "
                    "remove protect from its options first"
                )
            deployment.being_deleted[key] = threading.Event()
        replaced.add(state.urn)
        doomed.append((key, state))
    return doomed


def dependents(deployment: Deployment, urn: str) -> list[tuple[str, ResourceState]]:
    """Live instances of the last run that depend on the URN, directly or not, in dependency order."""
    with deployment.store.lock:
        resources = dict(deployment.store.state.resources)
    reached = {urn}
    found = []
    for key in in_dependency_order(resources):
        state = resources[key]
        if state.delete or state.pending_replacement or deployment.olds.get(state.urn) != key:
            continue
        if reached & set(state.references()):
            reached.add(state.urn)
            found.append((key, state))
    return found


def _needs_replacement(deployment: Deployment, state: ResourceState, replaced: set[str]) -> bool:
    if not state.custom or state.external:
        return False
    if state.provider and parse_provider_ref(state.provider).urn in replaced:
        return True
    if state.deleted_with in replaced:
        return True
    inputs = {
        key: UNKNOWN if replaced & set(state.property_dependencies.get(key, ())) else value
        for key, value in state.inputs.items()
    }
    if not any(value is UNKNOWN for value in inputs.values()):
        return False
    if is_provider_type(state.type):
        provider = deployment.registry
        diff = provider.diff(state.urn, state.id, state.inputs, state.outputs, inputs, state.ignore_changes)
    else:
        diff = deployment.provider_of(state).diff(
            state.urn, state.id, state.inputs, state.outputs, inputs, state.ignore_changes
        )
    return apply_replace_on_changes(diff, state.replace_on_changes).replaces


def _await_claimed_dependents(deployment: Deployment, claim: Claim, root: ResourceState) -> None:
    """Former dependents that the program registered without this dependency are to let go of it first."""
    for key, _ in dependents(deployment, root.urn):
        with deployment.lock:
            other = deployment.claimed_keys.get(key)
        if other is not None and other is not claim:
            other.done.wait()
            deployment.require_running()
