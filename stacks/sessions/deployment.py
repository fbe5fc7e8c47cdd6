"""Deploys a stack: preview, up, refresh, destroy."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codekeep_contracts.engine_events import Event, Operation, Status, Summary
from codekeep_contracts.faults import Fault, UsageFault

from stacks.engines.engine import Deployment, Engine, PolicyPack
from stacks.existing import EXISTING_VARIABLE, to_text
from stacks.project import Project
from stacks.sessions.existing import find_existing
from stacks.sessions.offered_types import require_offered_types
from stacks.sessions.preconditions import require_platform, require_valid_spec
from stacks.sessions.progress import Progress
from stacks.sessions.supplies import forget_supplies


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of a deployment. `outputs` are the stack's after a successful `up` or `refresh`, secrets masked."""

    stack: str
    engine: str
    summary: Summary
    progress: Progress
    outputs: Mapping[str, Any]

    @property
    def succeeded(self) -> bool:
        return self.summary.status is Status.SUCCEEDED

    @property
    def changes_nothing(self) -> bool:
        return not self.progress.changes and not self.progress.outputs_changed


def deploy(
    project: Project,
    stack: str,
    operation: Operation,
    engine: Engine,
    *,
    policy_packs: Sequence[PolicyPack] = (),
    on_event: Callable[[Event], None] = lambda _: None,
    cancel: threading.Event | None = None,
    targets: frozenset[str] = frozenset(),
    progress: Progress | None = None,
) -> Outcome:
    """Runs one operation to its end. A failed deployment is an Outcome.

    Args:
        on_event: called from several threads, one call at a time.
        cancel: once set, no new step starts; those under way end.
        targets: URNs that an `up` is limited to; empty: everything.
        progress: of an earlier part of the same work, to count on from.

    Raises:
        UsageFault: there is no such stack, its spec has problems, its platform is not up, or the account is not
            offered an instance type of its pools, or has no detector where the spec says so.
        Fault: the deployment cannot start.
    """
    project.stack_file(stack)
    spec = None
    if operation in (Operation.UP, Operation.PREVIEW):
        spec = require_valid_spec(project, stack)
        require_platform(engine, spec)
        if operation is Operation.UP:
            require_offered_types(engine, spec)
    if operation is Operation.DESTROY and engine.endpoint() is not None:
        forget_supplies(project, stack, engine)
    environment: dict[str, str] = {}
    if spec is not None:
        environment[EXISTING_VARIABLE] = to_text(find_existing(engine, spec, stack))
    progress = progress or Progress()

    def take(event: Event) -> None:
        progress.add(event)
        on_event(event)

    deployment = Deployment(
        operation=operation, stack=stack, policy_packs=policy_packs, environment=environment, targets=targets
    )
    engine.run(deployment, take, cancel or threading.Event())
    summary = progress.summary
    if summary is None:
        raise Fault(f"the {engine.name} engine ended without a summary")
    outputs: Mapping[str, Any] = {}
    if operation in (Operation.UP, Operation.REFRESH) and summary.status is Status.SUCCEEDED:
        outputs = engine.outputs(stack, show_secrets=False) or {}
    return Outcome(stack=stack, engine=engine.name, summary=summary, progress=progress, outputs=outputs)


def stack_outputs(project: Project, stack: str, engine: Engine, *, show_secrets: bool = False) -> Mapping[str, Any]:
    """The outputs of a deployed stack.

    Raises:
        UsageFault: there is no such stack, or it was never brought up.
    """
    project.stack_file(stack)
    outputs = engine.outputs(stack, show_secrets=show_secrets)
    if outputs is None:
        raise UsageFault(f"stack {stack} was never brought up: run `codekeep up {stack}` first")
    return outputs
