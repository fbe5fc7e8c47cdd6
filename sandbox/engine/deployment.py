"""What the steps of one deployment share: state, providers, registrations, events, and when to stop."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from codekeep_contracts.engine_events import (
    Diagnostic,
    Event,
    Operation,
    Phase,
    PropertyChange,
    ResourceStep,
    Severity,
    Status,
    StepOp,
)

from sandbox.engine.provider import Provider
from sandbox.engine.registry import ProviderRegistry
from sandbox.engine.request import DeploymentRequest
from sandbox.engine.state import ResourceState
from sandbox.engine.store import StateStore
from sandbox.engine.urn import ProviderRef, is_provider_type


class HaltedError(RuntimeError):
    """The deployment failed or was cancelled: no new step starts."""


@dataclass
class Claim:
    """A resource that the program registered in this run."""

    urn: str
    old_key: str | None
    done: threading.Event = field(default_factory=threading.Event)
    state: ResourceState | None = None
    key: str = ""
    op: StepOp = StepOp.SAME

    @property
    def skipped(self) -> bool:
        """Whether it does not exist and is no target of this run; what depends on it is unknown to the program."""
        return self.done.is_set() and self.state is None


@dataclass
class StepInfo:
    """Results of a step that are known once it is done."""

    id: str = ""


class Deployment:
    """Thread-safe: registrations run each in a thread of its own."""

    def __init__(
        self,
        request: DeploymentRequest,
        store: StateStore,
        registry: ProviderRegistry,
        on_event: Callable[[Event], None],
        cancel: threading.Event,
    ) -> None:
        self.request = request
        self.store = store
        self.registry = registry
        self.preview = request.operation is Operation.PREVIEW
        self.lock = threading.RLock()
        self.claims: dict[str, Claim] = {}  # by URN
        self.claimed_keys: dict[str, Claim] = {}
        self.renamed: dict[str, str] = {}  # URN of this run → URN in the last one
        self.being_deleted: dict[str, threading.Event] = {}  # keys that a delete-before-replace deletes
        self.olds = {state.urn: key for key, state in store.state.resources.items() if not state.delete}
        """Live instances after the last run."""
        self.counts: Counter[StepOp] = Counter()
        self.violated = False  # a preview had a mandatory policy violation
        self._running = 0
        self._slots = threading.BoundedSemaphore(request.parallel)
        self._on_event = on_event
        self._events = threading.Lock()
        self._status = Status.SUCCEEDED
        self._halted = False
        self._cancel = cancel

    # --- ending ---

    @property
    def status(self) -> Status:
        return self._status

    def fail(self, message: str = "", urn: str = "", *, halt: bool = True) -> None:
        """Makes the deployment fail. With `halt` no new step starts, and those in progress end."""
        if message:
            self.diagnose(Severity.ERROR, message, urn)
        with self.lock:
            if self._status is Status.SUCCEEDED:
                self._status = Status.FAILED
        if halt:
            self._halted = True

    def stopping(self) -> bool:
        """Whether no new step may start: something failed, or the user cancelled."""
        if self._cancel.is_set():
            self._status = Status.CANCELLED
        return self._halted or self._status is Status.CANCELLED

    def require_running(self) -> None:
        if self.stopping():
            raise HaltedError("the deployment is stopping")

    # --- events ---

    def emit(self, event: Event) -> None:
        with self._events:
            self._on_event(event)

    def diagnose(self, severity: Severity, message: str, urn: str = "") -> None:
        self.emit(Diagnostic(severity=severity, message=message, urn=urn))

    @contextmanager
    def step(
        self,
        op: StepOp,
        state: ResourceState,
        *,
        diff: tuple[PropertyChange, ...] = (),
        replace_keys: tuple[str, ...] = (),
        retained: bool = False,
        halt: bool = True,
    ) -> Iterator[StepInfo]:
        """One step, within the limit of parallel steps. Emits its start and its end; an error in it fails the
        deployment.
        """
        self.require_running()
        with self._slots:
            self.require_running()
            info = StepInfo(state.id)
            began = time.monotonic()
            step = ResourceStep(
                phase=Phase.STARTED,
                op=op,
                urn=state.urn,
                type=state.type,
                name=state.name,
                parent=state.parent,
                id=state.id,
                diff=diff,
                replace_keys=replace_keys,
                retained=retained,
                custom=state.custom,
            )

            def end(phase: Phase, error: str = "") -> None:
                self.emit(replace(step, phase=phase, id=info.id, seconds=time.monotonic() - began, error=error))

            with self.lock:
                self._running += 1
            try:
                self.emit(step)
                yield info
            except Exception as error:
                end(Phase.FAILED, str(error))
                self.fail(halt=halt)
                raise
            else:
                with self.lock:
                    self.counts[StepOp.REPLACE if op is StepOp.CREATE_REPLACEMENT else op] += 1
                end(Phase.DONE)
            finally:
                with self.lock:
                    self._running -= 1

    def idle(self) -> bool:
        """Whether no step is in progress."""
        with self.lock:
            return self._running == 0

    # --- finding ---

    def provider_of(self, state: ResourceState) -> Provider:
        """Raises ProviderError."""
        if is_provider_type(state.type):
            return self.registry
        return self.registry.get(state.provider, self.find_provider)

    def find_provider(self, reference: ProviderRef) -> ResourceState | None:
        """The provider's state, of this run or the last."""
        return self.store.provider(reference)

    def find(self, urn: str) -> ResourceState | None:
        """The resource's state in this run, else its state after the last one."""
        with self.lock:
            claim = self.claims.get(urn)
            if claim is not None and claim.state is not None:
                return claim.state
            key = self.olds.get(urn)
        return self.store.state.resources.get(key) if key else None
