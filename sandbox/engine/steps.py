"""The steps that change one resource. Each is on record as pending before its provider is called, and with its
result after.
"""

from collections.abc import Mapping, Sequence

from codekeep_contracts.engine_events import StepOp

from sandbox.engine.checkpoint import now
from sandbox.engine.deployment import Deployment
from sandbox.engine.diff import Diff, compare
from sandbox.engine.provider import InitFailedError, ProviderError
from sandbox.engine.state import ResourceState
from sandbox.engine.values import Props, secret

DEFAULT_TIMEOUT = 0.0  # seconds; the provider's own default


def create(
    deployment: Deployment,
    new: ResourceState,
    *,
    op: StepOp = StepOp.CREATE,
    diff: Diff | None = None,
    replaced: tuple[str, ResourceState] | None = None,
) -> tuple[str, ResourceState]:
    """Makes a resource; returns its key and state.

    `replaced` is the instance that it takes the place of: deleted later where it is managed and still exists, dropped
    where not.
    """
    store = deployment.store
    changes = diff.changes if diff else compare({}, new.inputs)
    key = store.new_key()

    def record(state: ResourceState, end: Sequence[str]) -> ResourceState:
        put = {key: state}
        drop = []
        if replaced is not None:
            old_key, old = replaced
            if old.pending_replacement or old.external or not old.custom:
                drop.append(old_key)
            else:
                put[old_key] = old.with_(delete=True)
        store.commit(put=put, drop=drop, end=end)
        return state

    with deployment.step(op, new, diff=changes, replace_keys=diff.replace_keys if diff else ()) as info:
        if not new.custom:
            return key, record(new.with_(created=now(), modified=now()), ())
        provider = deployment.provider_of(new)
        pending = [] if deployment.preview else [store.begin("creating", new)]
        try:
            id_, outputs = provider.create(
                new.urn, new.inputs, timeout=timeout_of(new, "create"), preview=deployment.preview
            )
        except InitFailedError as error:
            made = with_outputs(new, error.outputs).with_(id=error.id, init_errors=error.reasons, created=now())
            record(made, pending)
            raise
        except ProviderError as error:
            store.commit(end=[] if error.uncertain else pending)
            raise
        info.id = id_
        return key, record(with_outputs(new, outputs).with_(id=id_, created=now(), modified=now()), pending)


def update(
    deployment: Deployment,
    key: str,
    old: ResourceState,
    new: ResourceState,
    diff: Diff,
) -> ResourceState:
    """Changes a resource in place."""
    store = deployment.store
    new = new.with_(id=old.id, outputs=old.outputs, created=old.created)

    def record(state: ResourceState, end: Sequence[str]) -> ResourceState:
        store.commit(put={key: state}, end=end)
        return state

    with deployment.step(StepOp.UPDATE, new, diff=diff.changes):
        if not new.custom:
            return record(new.with_(modified=now()), ())
        provider = deployment.provider_of(new)
        pending = [] if deployment.preview else [store.begin("updating", new)]
        try:
            outputs = provider.update(
                new.urn,
                old.id,
                old.inputs,
                old.outputs,
                new.inputs,
                new.ignore_changes,
                timeout=timeout_of(new, "update"),
                preview=deployment.preview,
            )
        except InitFailedError as error:
            record(with_outputs(new, error.outputs).with_(init_errors=error.reasons, modified=now()), pending)
            raise
        except ProviderError as error:
            store.commit(end=[] if error.uncertain else pending)
            raise
        return record(with_outputs(new, outputs).with_(modified=now()), pending)


def same(
    deployment: Deployment,
    key: str,
    old: ResourceState,
    new: ResourceState,
) -> ResourceState:
    """Nothing to do to the real thing; what the state says about it may still change."""
    new = with_outputs(new, old.outputs).with_(id=old.id, created=old.created, modified=old.modified)
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
    along: Mapping[str, ResourceState] | None = None,
) -> None:
    """Removes a resource. With `replacement_follows` it stays in the state, marked as awaiting its replacement.

    A failure stops the deployment only where a replacement follows. `along` are the resources that vanish with it
    (deletedWith): they leave the state together with it.
    """
    store = deployment.store
    op = StepOp.DELETE_REPLACED if old.delete or replacement_follows else StepOp.DELETE
    owned = old.custom and not old.external and not old.pending_replacement
    retained = owned and old.retain_on_delete
    with deployment.step(op, old, retained=retained, halt=halt):
        end: list[str] = []
        if owned and not retained and not deployment.preview:
            provider = deployment.provider_of(old)
            end = [store.begin("deleting", old)]
            try:
                provider.delete(old.urn, old.id, old.inputs, old.outputs, timeout=timeout_of(old, "delete"))
            except ProviderError as error:
                store.commit(end=[] if error.uncertain else end)
                raise
        if replacement_follows:
            store.commit(
                put={key: store.state.resources[key].with_(pending_replacement=True)}, drop=list(along or ()), end=end
            )
        else:
            store.commit(drop=[key, *(along or ())], end=end)


def timeout_of(state: ResourceState, kind: str) -> float:
    return state.custom_timeouts.get(kind, DEFAULT_TIMEOUT)


def with_outputs(state: ResourceState, outputs: Props) -> ResourceState:
    """The state with its outputs, those secret that the program named so."""
    if not state.additional_secret_outputs:
        return state.with_(outputs=outputs)
    named = state.additional_secret_outputs
    return state.with_(outputs={key: secret(value) if key in named else value for key, value in outputs.items()})


def report(deployment: Deployment, error: Exception, urn: str) -> None:
    """Tells why a resource failed and stops the deployment."""
    deployment.fail(str(error), urn)
