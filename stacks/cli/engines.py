"""What runs a deployment: the official pulumi CLI or the embedded sandbox. The CLI knows no more of them."""

import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from stacks.cli.errors import BadInputError
from stacks.cli.project import Project

if TYPE_CHECKING:
    from codekeep_contracts.engine_events import Event, Operation


@dataclass(frozen=True, kw_only=True)
class PolicyPack:
    """A policy pack's folder, and the file that configures it, if any."""

    folder: Path
    config: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One operation on one stack."""

    operation: "Operation"
    stack: str
    policy_packs: Sequence[PolicyPack] = ()


class Engine(Protocol):
    """Both engines tell the same events; codekeep_contracts.engine_events defines them."""

    name: str

    def run(self, deployment: Deployment, on_event: "Callable[[Event], None]", cancel: threading.Event) -> None:
        """Runs to the end; the last event is the Summary. Raises BadInputError, FailedError where it cannot begin."""
        ...

    def state(self, stack: str) -> Mapping[str, Any] | None:
        """The stack's state in Pulumi's format, secrets still sealed; None where it was never brought up."""
        ...

    def outputs(self, stack: str, *, show_secrets: bool) -> Mapping[str, Any] | None:
        """The stack's outputs, `[secret]` for secrets unless asked for; None where it was never brought up."""
        ...

    def endpoint(self) -> str | None:
        """Where the engine's AWS answers; None for AWS itself."""
        ...


def policy_packs_of(folders: Sequence[Path], configs: Sequence[Path]) -> tuple[PolicyPack, ...]:
    """Packs with their configurations, in order; BadInputError unless there is one for each pack or none."""
    if not configs:
        return tuple(PolicyPack(folder=folder.resolve()) for folder in folders)
    if len(configs) != len(folders):
        raise BadInputError(
            f"--policy-pack-config must be given once for each --policy-pack ({len(folders)}) or not at all, "
            f"got {len(configs)}"
        )
    return tuple(
        PolicyPack(folder=folder.resolve(), config=config.resolve())
        for folder, config in zip(folders, configs, strict=True)
    )


def choose(name: str, project: Project) -> Engine:
    """The engine of `--engine`; `auto` takes the pulumi CLI where it is on PATH and the sandbox otherwise."""
    found = shutil.which("pulumi")
    if name == "pulumi" and not found:
        raise BadInputError("--engine pulumi: no pulumi on PATH; install the Pulumi CLI, or use --engine sandbox")
    if name == "pulumi" or (name == "auto" and found):
        from stacks.cli.pulumi_engine import PulumiEngine

        return PulumiEngine(project)
    from stacks.cli.sandbox_engine import SandboxEngine

    return SandboxEngine(project)
