"""Resolves operations that were in progress when an earlier run was killed."""

from codekeep_contracts.engine_events import Severity

from sandbox.engine import reads
from sandbox.engine.deployment import Deployment, HaltedError
from sandbox.engine.provider import ProviderError
from sandbox.engine.state import Operation


def resolve(deployment: Deployment) -> None:
    """Reports each such operation and finds out, where the id is known, how it ended.

    A creation without a known id cannot be looked up: it is reported and then dropped, so that the resource is created
    again. A preview reports and changes nothing.
    """
    for key, operation in list(deployment.store.snapshot().pending.items()):
        deployment.diagnose(Severity.WARNING, _message(operation), operation.resource.urn)
        if deployment.preview:
            continue
        try:
            _look(deployment, key, operation)
        except HaltedError:
            return
        except ProviderError as error:
            deployment.fail(f"cannot find out how that ended: {error}", operation.resource.urn)
            return


def _message(operation: Operation) -> str:
    state = operation.resource
    what = f"the last run died while {operation.type} {state.urn}"
    if operation.type == "creating":
        return (
            f"{what}: it may exist without being in the state. It is created again where it is still wanted; "
            f"look for a leftover {state.type} named {state.name!r} and remove it, or take it over with import_"
        )
    return f"{what} ({state.id}); it is read back to learn how that ended"


def _look(deployment: Deployment, key: str, operation: Operation) -> None:
    state = operation.resource
    known = next(
        (
            instance_key
            for instance_key, instance in deployment.store.snapshot().resources.items()
            if instance.urn == state.urn and instance.id == state.id and instance.id
        ),
        None,
    )
    if operation.type == "creating" or known is None:
        deployment.store.commit(end=[key])
        return
    reads.refresh_one(deployment, known, deployment.store.state.resources[known], end=(key,), keep_place=True)
