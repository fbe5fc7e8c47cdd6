"""Reading what exists: read resources, imports, and the refresh of a whole stack."""

from concurrent.futures import ThreadPoolExecutor

from codekeep_contracts.engine_events import StepOp

from sandbox.engine import steps
from sandbox.engine.checkpoint import now
from sandbox.engine.deployment import Claim, Deployment, HaltedError
from sandbox.engine.diff import compare
from sandbox.engine.goal import ReadGoal
from sandbox.engine.provider import Live, Provider, ProviderError
from sandbox.engine.state import ResourceState
from sandbox.engine.steps import DEFAULT_TIMEOUT
from sandbox.engine.urn import is_provider_type
from sandbox.engine.values import UNKNOWN, has_unknowns


def read(deployment: Deployment, claim: Claim, goal: ReadGoal, provider: str) -> None:
    """Reads a resource that is not managed here, and records it as external. Raises ProviderError where nothing
    exists.
    """
    old = deployment.store.state.resources.get(claim.old_key) if claim.old_key else None
    new = ResourceState(
        urn=claim.urn,
        type=goal.type,
        custom=True,
        external=True,
        inputs=goal.inputs,
        parent=goal.parent,
        provider=provider,
        dependencies=goal.dependencies,
        additional_secret_outputs=goal.additional_secret_outputs,
        source_position=goal.source_position,
        created=old.created if old else now(),
        modified=old.modified if old else "",
    )
    if goal.id is UNKNOWN or has_unknowns(goal.inputs):
        claim.key, claim.state = deployment.store.new_key(), new
        return
    with deployment.step(StepOp.READ, new.with_(id=goal.id)):
        live = deployment.provider_of(new).read(
            new.urn, goal.id, goal.inputs, old.outputs if old else {}, timeout=DEFAULT_TIMEOUT
        )
        if live is None:
            raise ProviderError(f"{claim.urn}: nothing exists as {goal.id!r}; correct the id")
        new = steps.with_outputs(new, live.outputs).with_(id=live.id)
        replaces_managed = old is not None and not old.external and not old.pending_replacement
        claim.key = deployment.store.new_key() if old is None or replaces_managed else (claim.old_key or "")
        claim.state = new
        put = {claim.key: new}
        if old is not None and replaces_managed:
            put[claim.old_key or ""] = old.with_(delete=True)
        if new != old:
            deployment.store.commit(put=put)


def import_live(deployment: Deployment, provider: Provider, new: ResourceState, id_: str) -> Live:
    """What exists under the id. Raises ProviderError where nothing does."""
    live = provider.read(new.urn, id_, {}, {}, timeout=steps.timeout_of(new, "read"))
    if live is None:
        raise ProviderError(f"{new.urn}: nothing exists as {id_!r}; correct the import id or remove import_")
    return live


def record_import(
    deployment: Deployment, new: ResourceState, live: Live, replaced: tuple[str | None, ResourceState | None]
) -> tuple[str, ResourceState]:
    """Takes what exists into the state; an instance known under another id is deleted later."""
    old_key, old = replaced
    key = deployment.store.new_key()
    with deployment.step(StepOp.IMPORT, new, diff=compare({}, new.inputs)) as info:
        info.id = live.id
        state = steps.with_outputs(new, live.outputs).with_(id=live.id, created=now(), modified=now())
        put, drop = {key: state}, []
        if old_key and old is not None:
            if old.external or old.pending_replacement:
                drop.append(old_key)
            else:
                put[old_key] = old.with_(delete=True)
        deployment.store.commit(put=put, drop=drop)
        return key, state


def refresh(deployment: Deployment) -> None:
    """Reads every resource anew; what is gone leaves the state."""
    states = list(deployment.store.snapshot().resources.items())
    targets = [(key, state) for key, state in states if state.custom and not is_provider_type(state.type)]
    with ThreadPoolExecutor(max_workers=deployment.parallel, thread_name_prefix="refresh") as pool:
        list(pool.map(lambda item: _refresh(deployment, *item), targets))
    _prune(deployment)


def _refresh(deployment: Deployment, key: str, old: ResourceState) -> None:
    if deployment.stopping() or old.pending_replacement:
        return
    try:
        refresh_one(deployment, key, old)
    except HaltedError:
        return
    except ProviderError as error:
        steps.report(deployment, error, old.urn)


def refresh_one(
    deployment: Deployment, key: str, old: ResourceState, *, end: tuple[str, ...] = (), keep_place: bool = False
) -> None:
    """Reads one resource, records what it is now and ends the operations given. Raises ProviderError.

    What is gone leaves the state; with `keep_place` it stays there as awaiting replacement, since others may refer to
    it.
    """
    provider = deployment.provider_of(old)
    deployment.require_running()
    live = provider.read(old.urn, old.id, old.inputs, old.outputs, timeout=steps.timeout_of(old, "read"))
    if live is None:
        with deployment.step(StepOp.DELETE, old):
            put = {key: old.with_(pending_replacement=True)} if keep_place else {}
            deployment.store.commit(put=put, drop=[] if keep_place else [key], end=end)
        return
    new = steps.with_outputs(old, live.outputs).with_(id=live.id, inputs=live.inputs, init_errors=())
    changes = compare(old.outputs, new.outputs) + compare(old.inputs, new.inputs)
    unique = tuple({change.path: change for change in changes}.values())
    with deployment.step(StepOp.REFRESH if unique else StepOp.SAME, new, diff=unique):
        if new != old:
            deployment.store.commit(put={key: new.with_(modified=now())}, end=end)
        elif end:
            deployment.store.commit(end=end)


def _prune(deployment: Deployment) -> None:
    """Takes references to vanished resources out of those that remain."""
    resources = deployment.store.snapshot().resources
    there = {state.urn for state in resources.values()}
    changed = {}
    for key, state in resources.items():
        gone = frozenset(state.references()) - there
        if gone:
            changed[key] = state.without_references(gone)
    if changed:
        deployment.store.commit(put=changed)
