"""Deletes what the program no longer registers, in reverse dependency order, in parallel."""

from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from codekeep_contracts.engine_events import Severity

from sandbox.engine import steps
from sandbox.engine.deployment import Deployment, HaltedError
from sandbox.engine.provider import ProviderError
from sandbox.engine.state import ResourceState, in_dependency_order


@dataclass
class _Plan:
    """The instances to delete, their order, and those that disappear with another (deletedWith)."""

    doomed: dict[str, ResourceState]  # in dependency order
    waits_for: dict[str, set[str]] = field(default_factory=dict)  # key → keys to delete before it
    contained: dict[str, list[str]] = field(default_factory=dict)  # key → keys that disappear with it


def run_deletes(deployment: Deployment, keep: Iterable[str]) -> None:
    """Deletes all instances except those with the keys in `keep`. After a failure the dependencies of the failed one
    stay, and the others are still deleted.
    """
    kept = set(keep)
    resources = deployment.store.snapshot().resources
    doomed = {key: resources[key] for key in in_dependency_order(resources) if key not in kept}
    if _refuse_protected(deployment, doomed):
        return
    _run(deployment, _plan(doomed))


def _refuse_protected(deployment: Deployment, doomed: Mapping[str, ResourceState]) -> bool:
    protected = [state for state in doomed.values() if state.protect and not state.delete]
    for state in protected:
        deployment.diagnose(
            Severity.ERROR,
            f"{state.urn} is protected and cannot be deleted; remove protect from its options and run up first",
            state.urn,
        )
    if protected:
        deployment.fail()
    return bool(protected)


def _plan(doomed: dict[str, ResourceState]) -> _Plan:
    plan = _Plan(doomed)
    by_urn: dict[str, list[str]] = {}
    for key, state in doomed.items():
        by_urn.setdefault(state.urn, []).append(key)
    for key, state in doomed.items():
        plan.waits_for.setdefault(key, set())
        for urn in state.references():
            for target in by_urn.get(urn, ()):
                if target != key:
                    plan.waits_for.setdefault(target, set()).add(key)
        container = next((k for k in by_urn.get(state.deleted_with, ()) if not _spared(doomed[k])), None)
        if container is not None and state.custom and not _spared(state):
            plan.contained.setdefault(container, []).append(key)
    return plan


def _spared(state: ResourceState) -> bool:
    """Whether deleting it from the state leaves the real resource."""
    return not state.custom or not state.managed or state.retain_on_delete


def _run(deployment: Deployment, plan: _Plan) -> None:
    contained = {key for keys in plan.contained.values() for key in keys}
    remaining = dict(plan.doomed)
    gone: set[str] = set()
    stuck: set[str] = set()
    running: dict[Future[bool], str] = {}
    with ThreadPoolExecutor(max_workers=deployment.request.parallel, thread_name_prefix="delete") as pool:
        while remaining or running:
            ready = [key for key in remaining if plan.waits_for[key] <= gone]
            if not ready and not running and not stuck and not deployment.stopping():
                # Two generations of replaced instances can refer to each other: the younger one first.
                ready = [next(reversed(remaining))] if remaining else []
            for key in ready:
                del remaining[key]
                if key in contained:
                    gone.add(key)  # leaves the state together with its container
                else:
                    running[pool.submit(_delete, deployment, plan, key)] = key
            if any(key in contained for key in ready):
                continue
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                key = running.pop(future)
                (gone if future.result() else stuck).add(key)


def _delete(deployment: Deployment, plan: _Plan, key: str) -> bool:
    """False where the instance still exists."""
    state = plan.doomed[key]
    try:
        steps.delete(deployment, key, state, contained=_contained(plan, key))
    except HaltedError:
        return False
    except ProviderError as error:
        deployment.fail(str(error), state.urn, halt=False)
        return False
    return True


def _contained(plan: _Plan, key: str) -> dict[str, ResourceState]:
    """Keys of the instances that disappear with this one, directly or indirectly."""
    found: dict[str, ResourceState] = {}
    queue = list(plan.contained.get(key, ()))
    while queue:
        other = queue.pop()
        if other not in found:
            found[other] = plan.doomed[other]
            queue += plan.contained.get(other, ())
    return found
