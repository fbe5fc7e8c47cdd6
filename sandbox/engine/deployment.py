"""The ground that all steps of one deployment share: state, providers, who registered what, when to stop, what to
tell.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

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

from sandbox.engine.analyzers import Analyzers
from sandbox.engine.provider import Provider
from sandbox.engine.registry import ProviderRegistry
from sandbox.engine.state import ResourceState
from sandbox.engine.store import StateStore
from sandbox.engine.urn import ProviderRef, is_provider_type


class HaltedError(RuntimeError):
    """The deployment failed or was cancelled: no step starts any more."""


@dataclass(frozen=True)
class StackIdentity:
    project: str
    stack: str


@dataclass
class Claim:
    """A resource that the program has registered in this run."""

    urn: str
    old_key: str | None
    done: threading.Event = field(default_factory=threading.Event)
    state: ResourceState | None = None
    key: str = ""
    op: StepOp = StepOp.SAME


@dataclass
class StepInfo:
    """What a running step tells about itself when it is done."""

    id: str = ""


class Deployment:
    """Thread-safe: registrations run each in a thread of its own."""

    def __init__(
        self,
        *,
        operation: Operation,
        identity: StackIdentity,
        config: dict[str, str],
        secret_keys: frozenset[str],
        store: StateStore,
        registry: ProviderRegistry,
        analyzers: Analyzers,
        on_event: Callable[[Event], None],
        parallel: int,
        cancel: threading.Event,
    ) -> None:
        self.operation = operation
        self.identity = identity
        self.config = config
        self.secret_keys = secret_keys
        self.store = store
        self.registry = registry
        self.analyzers = analyzers
        self.parallel = parallel
        self.preview = operation is Operation.PREVIEW
        self.lock = threading.RLock()
        self.claims: dict[str, Claim] = {}  # by URN
        self.claimed_keys: dict[str, Claim] = {}
        self.renamed: dict[str, str] = {}  # URN of this run → URN in the last one
        self.being_deleted: dict[str, threading.Event] = {}  # keys that a delete-before-replace takes down
        self.olds = {
            state.urn: key for key, state in store.state.resources.items() if not state.delete
        }  # live instances as the last run left them
        self.counts: Counter[StepOp] = Counter()
        self._running = 0
        self._slots = threading.BoundedSemaphore(parallel)
        self._on_event = on_event
        self._events = threading.Lock()
        self._status = Status.SUCCEEDED
        self._halted = False
        self._cancel = cancel
        self.violated = False  # a preview met a mandatory policy violation

    # --- ending ---

    @property
    def status(self) -> Status:
        return self._status

    def fail(self, message: str = "", urn: str = "", *, halt: bool = True) -> None:
        """The deployment will not succeed; with `halt` no step starts any more and those under way end."""
        if message:
            self.diagnose(Severity.ERROR, message, urn)
        with self.lock:
            if self._status is Status.SUCCEEDED:
                self._status = Status.FAILED
        if halt:
            self._halted = True

    def stopping(self) -> bool:
        """Whether no step may start any more: something failed, or the user wants it to stop."""
        if self._cancel.is_set():
            self._status = Status.CANCELLED
        return self._halted or self._status is Status.CANCELLED

    def require_running(self) -> None:
        if self.stopping():
            raise HaltedError("the deployment is stopping")

    # --- telling ---

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
        """One step within the limit of parallel ones; tells its start and its end. An error in it fails the
        deployment.
        """
        self.require_running()
        with self._slots, self._busy():
            self.require_running()
            info = StepInfo(state.id)
            started = time.monotonic()

            def tell(phase: Phase, error: str = "") -> None:
                self.emit(
                    ResourceStep(
                        phase=phase,
                        op=op,
                        urn=state.urn,
                        type=state.type,
                        name=state.name,
                        parent=state.parent,
                        id=info.id,
                        diff=diff,
                        replace_keys=replace_keys,
                        seconds=None if phase is Phase.STARTED else time.monotonic() - started,
                        error=error,
                        retained=retained,
                        custom=state.custom,
                    )
                )

            tell(Phase.STARTED)
            try:
                yield info
            except Exception as error:
                tell(Phase.FAILED, str(error))
                self.fail(halt=halt)
                raise
            self.count(op)
            tell(Phase.DONE)

    @contextmanager
    def _busy(self) -> Iterator[None]:
        with self.lock:
            self._running += 1
        try:
            yield
        finally:
            with self.lock:
                self._running -= 1

    def idle(self) -> bool:
        """Whether no step is under way."""
        with self.lock:
            return self._running == 0

    def count(self, op: StepOp) -> None:
        with self.lock:
            self.counts[StepOp.REPLACE if op is StepOp.CREATE_REPLACEMENT else op] += 1

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
        """What this run made of a URN, else what the last one left."""
        with self.lock:
            claim = self.claims.get(urn)
            if claim is not None and claim.state is not None:
                return claim.state
            key = self.olds.get(urn)
        return self.store.state.resources.get(key) if key else None
