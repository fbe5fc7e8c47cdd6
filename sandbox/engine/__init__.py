"""The embedded deployment engine: Pulumi programs, providers and policy packs, without the pulumi binary.

It speaks Pulumi's own gRPC interfaces (ResourceMonitor and Engine to the program, ResourceProvider to plugins, Analyzer
to policy packs) and keeps its state as checkpoints of version 3 in the layout of Pulumi's file backend. It is for
trying, testing and CI.

Left out, and refused by name where a program uses it: transforms, resource and error hooks, remote components and their
method calls, parameterized packages, replaceWith, replacementTrigger, state migrations, envVarMappings, assets and
archives. There are no targets, no plans, no `refresh --run-program`, no continue-on-error: after a failure no new step
starts, and nothing is deleted.

Importing this package is cheap; gRPC and the Pulumi SDK are loaded when the engine runs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sandbox.engine.events import (
    ChangeKind,
    Diagnostic,
    Event,
    Operation,
    OutputsChanged,
    Phase,
    PolicyRemediation,
    PolicyViolation,
    PropertyChange,
    ResourceStep,
    Severity,
    Status,
    StepOp,
    Summary,
)
from sandbox.engine.request import DeploymentRequest, DeploymentResult

if TYPE_CHECKING:
    from sandbox.engine.checkpoint import CheckpointError, StackState
    from sandbox.engine.crypter import WrongPassphraseError
    from sandbox.engine.engine import Engine
    from sandbox.engine.lock import StackLockedError
    from sandbox.engine.state import ResourceState

_LAZY = {
    "CheckpointError": "checkpoint",
    "Engine": "engine",
    "ResourceState": "state",
    "StackLockedError": "lock",
    "StackState": "checkpoint",
    "WrongPassphraseError": "crypter",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)


__all__ = [
    "ChangeKind",
    "CheckpointError",
    "DeploymentRequest",
    "DeploymentResult",
    "Diagnostic",
    "Engine",
    "Event",
    "Operation",
    "OutputsChanged",
    "Phase",
    "PolicyRemediation",
    "PolicyViolation",
    "PropertyChange",
    "ResourceState",
    "ResourceStep",
    "Severity",
    "StackLockedError",
    "StackState",
    "Status",
    "StepOp",
    "Summary",
    "WrongPassphraseError",
]
