"""`up` in three stages: registry and bucket of models; images and models in them; everything else.

The first two are there where a release's images or models are not. Each is found done or not from the account, so that
`up` goes on from where it stopped.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from codekeep_contracts.engine_events import Diagnostic, Event, Operation, OutputsChanged, Severity, Summary

from policies.facts import Facts
from stacks.engines.engine import Engine, PolicyPack
from stacks.project import Project
from stacks.sessions.deployment import Outcome, deploy
from stacks.sessions.foundation import foundation
from stacks.sessions.granted_quotas import require_quotas
from stacks.sessions.graphs import stack_graph
from stacks.sessions.mirror import copies, copy, has_tool
from stacks.sessions.preconditions import require_valid_spec
from stacks.sessions.progress import Progress
from stacks.sessions.recording import config_of
from stacks.sessions.supplies import missing_supplies, record_supplies, require_supplies
from stacks.spec import Spec
from stacks.supplies import Supplies

STAGES = (
    "stage 1 of 3: the registry, the bucket of models, and their keys",
    "stage 2 of 3: images and models",
    "stage 3 of 3: everything else",
)


def bring_up(
    project: Project,
    stack: str,
    engine: Engine,
    *,
    policy_packs: Sequence[PolicyPack] = (),
    on_event: Callable[[Event], None] = lambda _: None,
    cancel: threading.Event | None = None,
    only_registry: bool = False,
) -> Outcome:
    """Runs `up` to its end, by stages where the release's images or models are not in the account.

    Args:
        only_registry: stop after the first stage, whatever is missing.

    Raises:
        UsageFault, Fault: as `deploy`; or the account's quotas are too low, or images or models are missing, and the
            message says how to raise the ones and bring in the others.
    """
    project.stack_file(stack)
    spec = require_valid_spec(project, stack)
    progress = Progress()

    def run(**options: Any) -> Outcome:
        return deploy(project, stack, engine=engine, cancel=cancel, **options)

    def inner(event: Event) -> None:
        """The events of a part; only the last part ends the work."""
        if not isinstance(event, Summary | OutputsChanged):
            on_event(event)

    graph = stack_graph(project, stack) if spec is not None else None
    if spec is not None and graph is not None:
        facts = Facts.of(config_of(project, stack).values)
        if untold := require_quotas(engine, spec, graph, facts):
            on_event(Diagnostic(severity=Severity.WARNING, message=untold, urn=""))
    missing = missing_supplies(project, engine, spec) if spec is not None and not only_registry else Supplies()
    if spec is not None and graph is not None and (only_registry or missing):
        if policy_packs:  # they judge the whole stack, before a part of it is made
            said: list[Event] = []  # shown where it fails: the last part says it again, and knows more values
            judged = run(operation=Operation.PREVIEW, policy_packs=policy_packs, on_event=said.append)
            if not judged.succeeded:
                for event in said:
                    on_event(event)
                return judged
        on_event(_info(STAGES[0]))
        parts = foundation(graph)
        made = run(operation=Operation.UP, targets=parts, progress=progress, on_event=inner)
        if only_registry or not made.succeeded:
            return made
        on_event(_info(STAGES[1]))
        _supply(project, stack, engine, spec, missing, lambda line: on_event(_info(line)))
        on_event(_info(STAGES[2]))
    return run(operation=Operation.UP, policy_packs=policy_packs, progress=progress, on_event=on_event)


def _supply(
    project: Project, stack: str, engine: Engine, spec: Spec, missing: Supplies, say: Callable[[str], None]
) -> None:
    """Brings in what codekeep can: the controllers' images; into a stand-in, the names of everything.

    Raises:
        Fault: something is still missing, and the message says how to bring it in.
    """
    if engine.endpoint() is not None:
        record_supplies(engine, spec, missing)
    elif missing.controllers and has_tool():
        copy(copies(project, stack), say)
    require_supplies(missing_supplies(project, engine, spec), stack)


def _info(message: str) -> Diagnostic:
    return Diagnostic(severity=Severity.INFO, message=message, urn="")
