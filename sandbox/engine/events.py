"""What a deployment tells while it runs. Nothing in here holds a secret: values are masked before they become
events.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Operation(StrEnum):
    """What is asked of the engine."""

    PREVIEW = "preview"
    UP = "up"
    REFRESH = "refresh"
    DESTROY = "destroy"


class StepOp(StrEnum):
    """What happens to one resource."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"  # the whole of it; its halves are create-replacement and delete-replaced
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
    """One property that differs; `old` and `new` are masked (`[secret]`, `[unknown]`), None where absent."""

    path: str
    kind: ChangeKind
    old: Any = None
    new: Any = None


@dataclass(frozen=True, kw_only=True)
class ResourceStep:
    """A step began or ended. A preview emits each step as started and done at once."""

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
    custom: bool = True


@dataclass(frozen=True, kw_only=True)
class OutputsChanged:
    """The stack's own outputs, compared with those of the last deployment."""

    urn: str
    diff: tuple[PropertyChange, ...]


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """Something to tell the user; `urn` is empty where it concerns no single resource."""

    severity: Severity
    message: str
    urn: str = ""


@dataclass(frozen=True, kw_only=True)
class PolicyViolation:
    """A policy pack's verdict; `mandatory` ones stop the deployment."""

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
    """The last event of a deployment. `counts` by StepOp; a replacement counts once, as replace."""

    operation: Operation
    status: Status
    counts: dict[StepOp, int] = field(default_factory=dict)
    seconds: float = 0.0


Event = ResourceStep | OutputsChanged | Diagnostic | PolicyViolation | PolicyRemediation | Summary
