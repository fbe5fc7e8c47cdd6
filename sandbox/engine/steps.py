"""The steps that change one resource.

Before its provider is called, a step is recorded in the state as pending; afterwards its result replaces that entry.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from codekeep_contracts.engine_events import StepOp

from sandbox.engine.checkpoint import now
from sandbox.engine.deployment import Deployment
from sandbox.engine.diff import Diff, compare
from sandbox.engine.provider import InitFailedError, ProviderError
from sandbox.engine.state import ResourceState

Instance = tuple[str, ResourceState]
"""An instance's key in the state, and the instance."""


def create(
    deployment: Deployment,
    new: ResourceState,
    *,
    op: StepOp = StepOp.CREATE,
    diff: Diff | None = None,
    replaced: Instance | None = None,
) -> Instance:
    """Creates a resource, in place of the instance `replaced` where that is given."""
    store = deployment.store
    key = store.new_key()
    changes = diff.changes if diff else compare({}, new.inputs)

    def record(state: ResourceState, end: list[str]) -> Instance:
        put, drop = superseded(replaced)
        store.commit(put={**put, key: state}, drop=drop, end=end)
        return key, state

    with deployment.step(op, new, diff=changes, replace_keys=diff.replace_keys if diff else ()) as info:
        if not new.custom:
            return record(new.with_(created=now(), modified=now()), [])
        provider = deployment.provider_of(new)
        with _pending(deployment, "creating", new) as pending:
            try:
                id_, outputs = provider.create(new, preview=deployment.preview)
            except InitFailedError as error:
                made = new.with_outputs(error.outputs)
                record(made.with_(id=error.id, init_errors=error.reasons, created=now()), pending)
                raise
        info.id = id_
        return record(new.with_outputs(outputs).with_(id=id_, created=now(), modified=now()), pending)


def superseded(replaced: Instance | None) -> tuple[dict[str, ResourceState], list[str]]:
    """The state change for a replaced instance: deleted later (put) if a real resource exists, else dropped now."""
    if replaced is None:
        return {}, []
    key, old = replaced
    return ({key: old.with_(delete=True)}, []) if old.managed and old.custom else ({}, [key])


def update(deployment: Deployment, key: str, old: ResourceState, new: ResourceState, diff: Diff) -> ResourceState:
    """Changes a resource in place."""
    new = new.with_(id=old.id, outputs=old.outputs, created=old.created)

    def record(state: ResourceState, end: list[str]) -> ResourceState:
        state = state.with_(modified=now())
        deployment.store.commit(put={key: state}, end=end)
        return state

    with deployment.step(StepOp.UPDATE, new, diff=diff.changes):
        if not new.custom:
            return record(new, [])
        provider = deployment.provider_of(new)
        with _pending(deployment, "updating", new) as pending:
            try:
                outputs = provider.update(old, new, preview=deployment.preview)
            except InitFailedError as error:
                record(new.with_outputs(error.outputs).with_(init_errors=error.reasons), pending)
                raise
        return record(new.with_outputs(outputs), pending)


def same(deployment: Deployment, key: str, old: ResourceState, new: ResourceState) -> ResourceState:
    """Leaves the real resource as it is; its options in the state may still change."""
    new = new.with_outputs(old.outputs).with_(id=old.id, created=old.created, modified=old.modified)
    with deployment.step(StepOp.SAME, new):
        if new != old:
            deployment.store.commit(put={key: new})
        return new


def delete(
    deployment: Deployment,
    key: str,
    old: ResourceState,
    *,
    replacement_follows: bool = False,
    halt: bool = False,
    contained: Mapping[str, ResourceState] | None = None,
) -> None:
    """Deletes a resource.

    Args:
        replacement_follows: keep it in the state, marked as awaiting its replacement.
        halt: a failure stops the deployment.
        contained: resources that vanish with it (deletedWith) and leave the state together with it.
    """
    op = StepOp.DELETE_REPLACED if old.delete or replacement_follows else StepOp.DELETE
    owned = old.custom and old.managed
    retained = owned and old.retain_on_delete
    with deployment.step(op, old, retained=retained, halt=halt):
        end: list[str] = []
        if owned and not retained and not deployment.preview:
            provider = deployment.provider_of(old)
            with _pending(deployment, "deleting", old) as end:
                provider.delete(old)
        drop = list(contained or ())
        put: dict[str, ResourceState] = {}
        if replacement_follows:
            put[key] = deployment.store.state.resources[key].with_(pending_replacement=True)
        else:
            drop.append(key)
        deployment.store.commit(put=put, drop=drop, end=end)


@contextmanager
def _pending(deployment: Deployment, operation: str, state: ResourceState) -> Iterator[list[str]]:
    """Records a provider call as pending. Yields the keys by which its result ends it.

    An error ends it here, unless it is uncertain whether the call had an effect: then it stays pending. After an
    InitFailedError the result was recorded already.
    """
    pending = [] if deployment.preview else [deployment.store.begin(operation, state)]
    try:
        yield pending
    except InitFailedError:
        raise
    except ProviderError as error:
        deployment.store.commit(end=[] if error.uncertain else pending)
        raise
