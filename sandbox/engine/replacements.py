"""Delete-before-replace: deletes a resource and those dependents that cannot exist without it."""

import threading
from dataclasses import dataclass

from sandbox.engine import steps
from sandbox.engine.deployment import Claim, Deployment
from sandbox.engine.diff import apply_replace_on_changes
from sandbox.engine.provider import ProviderError
from sandbox.engine.state import ResourceState, in_dependency_order
from sandbox.engine.urn import parse_provider_ref
from sandbox.engine.values import UNKNOWN


@dataclass(frozen=True)
class _Doomed:
    key: str
    state: ResourceState
    gone: threading.Event


def delete_first(deployment: Deployment, claim: Claim, old: ResourceState) -> ResourceState:
    """Deletes the old instance, and before it those dependents that cannot exist without it.

    Dependents that merely refer to it stay, and are updated when the program registers them, as in Pulumi.

    Returns:
        The instance's state, awaiting replacement.

    Raises:
        ProviderError: a dependent is protected.
    """
    key = claim.old_key or ""
    doomed = _settle_dependents(deployment, claim, old)
    try:
        for item in reversed(doomed):
            steps.delete(deployment, item.key, item.state, replacement_follows=not item.state.delete, halt=True)
            item.gone.set()
        steps.delete(deployment, key, old, replacement_follows=True, halt=True)
    finally:
        for item in doomed:
            item.gone.set()  # waiting threads then check whether the deployment still runs
    return deployment.store.state.resources[key]


def _settle_dependents(deployment: Deployment, claim: Claim, root: ResourceState) -> list[_Doomed]:
    """Waits for steps on the dependents, then marks those that must be deleted, so that no other thread touches them.

    Each round starts anew, since the program goes on registering. No deadlock: no thread waits here while others wait
    for what it has marked, and waiting follows the dependencies of the last run, which has no cycles.
    """
    while True:
        dependents = _dependents(deployment, root.urn)
        if _await(deployment, claim, dependents):
            continue
        doomed = _to_delete(deployment, root, dependents)
        with deployment.lock:
            keys = [key for key, _ in dependents]
            if _under_way(deployment, claim, keys):
                continue
            marked = [_Doomed(key, state, threading.Event()) for key, state in doomed]
            deployment.being_deleted.update((item.key, item.gone) for item in marked)
            return marked


def _await(deployment: Deployment, claim: Claim, dependents: list[tuple[str, ResourceState]]) -> bool:
    """True where it had to wait, so that everything may have changed."""
    with deployment.lock:
        events = _under_way(deployment, claim, [key for key, _ in dependents])
    for event in events:
        event.wait()
        deployment.require_running()
    return bool(events)


def _under_way(deployment: Deployment, claim: Claim, keys: list[str]) -> list[threading.Event]:
    """Steps of other threads on the instances. The caller holds the lock."""
    events = []
    for key in keys:
        other = deployment.claimed_keys.get(key)
        if other is not None and other is not claim and not other.done.is_set():
            events.append(other.done)
        deletion = deployment.being_deleted.get(key)
        if deletion is not None and not deletion.is_set():
            events.append(deletion)
    return events


def _dependents(deployment: Deployment, urn: str) -> list[tuple[str, ResourceState]]:
    """Instances that depend on the URN, directly or indirectly, in dependency order. Includes replaced instances that
    still exist.
    """
    resources = deployment.store.snapshot().resources
    reached = {urn}
    found = []
    for key in in_dependency_order(resources):
        state = resources[key]
        if not state.pending_replacement and state.urn != urn and not reached.isdisjoint(state.references()):
            reached.add(state.urn)
            found.append((key, state))
    return found


def _to_delete(
    deployment: Deployment, root: ResourceState, dependents: list[tuple[str, ResourceState]]
) -> list[tuple[str, ResourceState]]:
    """The dependents that a replacement of the root replaces too, and existing instances of those replaced already."""
    replaced = {root.urn}
    doomed = []
    for key, state in dependents:
        if state.delete:
            doomed_too = not replaced.isdisjoint(state.references())
        elif key in deployment.claimed_keys:
            doomed_too = False  # registered and finished: the program has decided about it
        else:
            doomed_too = _needs_replacement(deployment, state, replaced)
            if doomed_too and state.protect:
                raise ProviderError(
                    f"{root.urn} must be deleted before it is replaced, and {state.urn} with it, which is protected; "
                    "remove protect from its options first"
                )
        if doomed_too:
            replaced.add(state.urn)
            doomed.append((key, state))
    return doomed


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
    diff = deployment.provider_of(state).diff(state, inputs, state.ignore_changes)
    return apply_replace_on_changes(diff, state.replace_on_changes).replaces
