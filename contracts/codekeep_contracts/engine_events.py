"""Events of a deployment. Both engines emit them; the CLI, fleets and the console read them.

No event contains a secret: an engine masks values before it emits.
"""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Operation(StrEnum):
    """An operation of an engine on a stack."""

    PREVIEW = "preview"
    UP = "up"
    REFRESH = "refresh"
    DESTROY = "destroy"


class StepOp(StrEnum):
    """An operation on one resource."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"  # in counts and displays; its steps are create-replacement and delete-replaced
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    DELETE = "delete"
    READ = "read"
    IMPORT = "import"
    REFRESH = "refresh"


class Phase(StrEnum):
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"


class ChangeKind(StrEnum):
    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"
    ADD_REPLACE = "add-replace"
    DELETE_REPLACE = "delete-replace"
    UPDATE_REPLACE = "update-replace"

    @property
    def replaces(self) -> bool:
        return self.value.endswith("-replace")

    def replacing(self) -> "ChangeKind":
        return self if self.replaces else ChangeKind(f"{self.value}-replace")


class Severity(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class PropertyChange:
    """One property that differs. `path` as in property_path; `old` and `new` are masked, None where absent."""

    path: str
    kind: ChangeKind
    old: Any = None
    new: Any = None


@dataclass(frozen=True, kw_only=True)
class ResourceStep:
    """A step on one resource started or ended. A preview emits both phases at once."""

    phase: Phase
    op: StepOp
    urn: str
    type: str
    name: str
    parent: str = ""
    id: str = ""
    diff: tuple[PropertyChange, ...] = ()
    replace_keys: tuple[str, ...] = ()
    seconds: float | None = None  # with done and failed
    error: str = ""  # with failed
    retained: bool = False  # left in the cloud by retainOnDelete
    custom: bool = True  # False for components


@dataclass(frozen=True, kw_only=True)
class OutputsChanged:
    """The stack's own outputs, compared with those of the last deployment."""

    urn: str
    diff: tuple[PropertyChange, ...]


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """A message for the user. `urn` is empty where it is not about one resource."""

    severity: Severity
    message: str
    urn: str = ""


@dataclass(frozen=True, kw_only=True)
class PolicyViolation:
    """A violation that a policy pack found. A mandatory one fails the deployment."""

    pack: str
    pack_version: str
    policy: str
    description: str
    message: str
    mandatory: bool
    urn: str = ""
    severity: str = ""


@dataclass(frozen=True, kw_only=True)
class PolicyRemediation:
    """A policy pack changed a resource's inputs before they were judged."""

    pack: str
    policy: str
    description: str
    urn: str
    diff: tuple[PropertyChange, ...]


class Status(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The last event of a deployment. In `counts` a replacement counts once, as `replace`."""

    operation: Operation
    status: Status
    counts: dict[StepOp, int] = field(default_factory=dict)
    seconds: float = 0.0


Notice = Diagnostic | PolicyViolation | PolicyRemediation
Event = ResourceStep | OutputsChanged | Notice | Summary


def event_document(event: Event) -> dict[str, Any]:
    """The event as JSON-ready values: `{"event": "resource-step", "phase": "done", "op": "create", ...}`."""
    name = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in type(event).__name__)
    return {"event": name.removeprefix("-"), **asdict(event)}
