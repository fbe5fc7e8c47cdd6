"""Reads real resources: for read resources, imports, and the refresh of a stack."""

from concurrent.futures import ThreadPoolExecutor

from codekeep_contracts.engine_events import StepOp

from sandbox.engine.checkpoint import now
from sandbox.engine.deployment import Claim, Deployment, HaltedError
from sandbox.engine.diff import compare
from sandbox.engine.provider import Live, Provider, ProviderError
from sandbox.engine.state import ResourceState
from sandbox.engine.steps import Instance, superseded
from sandbox.engine.urn import is_provider_type
from sandbox.engine.values import UNKNOWN_TEXT, has_unknowns


def read(deployment: Deployment, claim: Claim, wanted: ResourceState) -> None:
    """Reads a resource that the stack does not manage, and records it as external.

    Raises:
        ProviderError: nothing exists under the id.
    """
    old = deployment.store.state.resources.get(claim.old_key) if claim.old_key else None
    wanted = wanted.with_(created=old.created if old else now(), modified=old.modified if old else "")
    if wanted.id == UNKNOWN_TEXT or has_unknowns(wanted.inputs):
        claim.key, claim.state = deployment.store.new_key(), wanted.with_(id="")
        return
    with deployment.step(StepOp.READ, wanted):
        live = deployment.provider_of(wanted).read(wanted.with_(outputs=old.outputs if old else {}))
        if live is None:
            raise ProviderError(f"{claim.urn}: nothing exists as {wanted.id!r}; correct the id")
        new = wanted.with_outputs(live.outputs).with_(id=live.id)
        replaces_managed = old is not None and old.managed
        claim.key = deployment.store.new_key() if old is None or replaces_managed else (claim.old_key or "")
        claim.state = new
        put = {claim.key: new}
        if old is not None and replaces_managed:
            put[claim.old_key or ""] = old.with_(delete=True)
        if new != old:
            deployment.store.commit(put=put)


def import_live(provider: Provider, new: ResourceState, id_: str) -> Live:
    """The real resource of an id.

    Raises:
        ProviderError: nothing does.
    """
    live = provider.read(new.with_(id=id_, inputs={}, outputs={}))
    if live is None:
        raise ProviderError(f"{new.urn}: nothing exists as {id_!r}; correct the import id or remove import_")
    return live


def record_import(deployment: Deployment, new: ResourceState, live: Live, replaced: Instance | None) -> Instance:
    """Records an imported resource; an instance of another id is deleted later."""
    key = deployment.store.new_key()
    with deployment.step(StepOp.IMPORT, new, diff=compare({}, new.inputs)) as info:
        info.id = live.id
        state = new.with_outputs(live.outputs).with_(id=live.id, created=now(), modified=now())
        put, drop = superseded(replaced)
        deployment.store.commit(put={**put, key: state}, drop=drop)
        return key, state


def refresh(deployment: Deployment) -> None:
    """Reads every resource, and removes those from the state that are gone."""
    states = list(deployment.store.snapshot().resources.items())
    targets = [(key, state) for key, state in states if state.custom and not is_provider_type(state.type)]
    with ThreadPoolExecutor(max_workers=deployment.request.parallel, thread_name_prefix="refresh") as pool:
        list(pool.map(lambda item: _refresh(deployment, *item), targets))
    _remove_dangling_references(deployment)


def _refresh(deployment: Deployment, key: str, old: ResourceState) -> None:
    if deployment.stopping() or old.pending_replacement:
        return
    try:
        refresh_one(deployment, key, old)
    except HaltedError:
        return
    except ProviderError as error:
        deployment.fail(str(error), old.urn)


def refresh_one(
    deployment: Deployment, key: str, old: ResourceState, *, end: tuple[str, ...] = (), keep_place: bool = False
) -> None:
    """Reads one resource, records what it is now, and ends the operations `end`. Raises ProviderError.

    What is gone leaves the state; with `keep_place` it stays as awaiting replacement, since others may refer to it.
    """
    provider = deployment.provider_of(old)
    deployment.require_running()
    live = provider.read(old)
    if live is None:
        with deployment.step(StepOp.DELETE, old):
            put = {key: old.with_(pending_replacement=True)} if keep_place else {}
            deployment.store.commit(put=put, drop=[] if keep_place else [key], end=end)
        return
    new = old.with_outputs(live.outputs).with_(id=live.id, inputs=live.inputs, init_errors=())
    changes = compare(old.outputs, new.outputs) + compare(old.inputs, new.inputs)
    unique = tuple({change.path: change for change in changes}.values())
    with deployment.step(StepOp.REFRESH if unique else StepOp.SAME, new, diff=unique):
        if new != old:
            deployment.store.commit(put={key: new.with_(modified=now())}, end=end)
        elif end:
            deployment.store.commit(end=end)


def _remove_dangling_references(deployment: Deployment) -> None:
    resources = deployment.store.snapshot().resources
    existing = {state.urn for state in resources.values()}
    gone = {key: frozenset(state.references()) - existing for key, state in resources.items()}
    if changed := {key: resources[key].without_references(urns) for key, urns in gone.items() if urns}:
        deployment.store.commit(put=changed)
