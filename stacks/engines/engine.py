"""The interface of a deployment engine."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from codekeep_contracts.engine_events import Event, Operation

MASK = "[secret]"


@dataclass(frozen=True, kw_only=True)
class PolicyPack:
    """A policy pack's folder, and the file that configures it, if any."""

    folder: Path
    config: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One operation on one stack."""

    operation: Operation
    stack: str
    policy_packs: Sequence[PolicyPack] = ()
    environment: Mapping[str, str] = field(default_factory=dict)  # of the program, over the engine's own
    targets: frozenset[str] = frozenset()  # URNs that an `up` is limited to; empty: everything


class Engine(Protocol):
    """Deploys the stacks of one project."""

    name: str

    def run(self, deployment: Deployment, on_event: Callable[[Event], None], cancel: threading.Event) -> None:
        """Runs a deployment to its end. The last event is the Summary; a failed deployment is a Summary too.

        Raises:
            Fault: the deployment cannot start.
        """
        ...

    def state(self, stack: str) -> Mapping[str, Any] | None:
        """The stack's state as `pulumi stack export` writes it, secrets encrypted. None before the first `up`."""
        ...

    def outputs(self, stack: str, *, show_secrets: bool) -> Mapping[str, Any] | None:
        """The stack's outputs, with `[secret]` in place of secrets unless `show_secrets` is set. None before the first
        `up`.
        """
        ...

    def endpoint(self) -> str | None:
        """URL of the stand-in for AWS that the engine deploys to. None for AWS itself."""
        ...

    def emulates(self, resource_type: str) -> bool:
        """Whether the account has resources of the type. AWS has; a stand-in only records some types."""
        ...

    def recorded(self, resource_type: str, account_id: str, region: str) -> list[Mapping[str, Any]]:
        """Inputs of the resources of a type that a stand-in only records; none on AWS."""
        ...
