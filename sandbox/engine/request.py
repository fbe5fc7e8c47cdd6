"""A deployment's request and its result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codekeep_contracts.engine_events import Operation, Status, StepOp


@dataclass(frozen=True, kw_only=True)
class DeploymentRequest:
    """One deployment of one stack."""

    operation: Operation
    project: str
    stack: str
    program: Sequence[str]  # path of a program's directory or file, then its arguments
    program_cwd: Path
    config: Mapping[str, str]  # full keys ("codekeep:tenant") → string or JSON text
    secret_keys: frozenset[str] = frozenset()
    backend: Path  # folder that contains `.pulumi/`
    passphrase: str = field(repr=False)
    plugins: Mapping[str, Sequence[str]]  # package → argv that starts its provider
    policy_packs: Sequence[Path] = ()
    policy_pack_configs: Sequence[Path] = ()  # one for each pack, or none at all
    project_root: Path | None = None  # source positions are relative to it; default: program_cwd
    environment: Mapping[str, str] = field(default_factory=dict)  # for the children, over the engine's own
    targets: frozenset[str] = frozenset()  # URNs; others stay as they are, and nothing is deleted. Empty: everything
    parallel: int = 16  # steps at the same time

    def __post_init__(self) -> None:
        if not 1 <= self.parallel <= 256:
            raise ValueError(f"parallel must be 1-256, got {self.parallel}")
        if len(self.policy_pack_configs) not in (0, len(self.policy_packs)):
            raise ValueError(
                f"policy_pack_configs must name one file for each of the {len(self.policy_packs)} packs or none, "
                f"got {len(self.policy_pack_configs)}"
            )
        unknown = self.secret_keys - self.config.keys()
        if unknown:
            raise ValueError(f"secret_keys names keys that config does not have: {', '.join(sorted(unknown))}")

    def configured_packs(self) -> list[tuple[Path, Path | None]]:
        """Each policy pack with its configuration file."""
        configs: Sequence[Path | None] = self.policy_pack_configs or [None] * len(self.policy_packs)
        return list(zip(self.policy_packs, configs, strict=True))


@dataclass(frozen=True, kw_only=True)
class DeploymentResult:
    """How a deployment ended. Secrets in `outputs` are masked as "[secret]"; `secret_outputs` names the outputs that
    contain any.
    """

    status: Status
    counts: Mapping[StepOp, int]
    outputs: Mapping[str, Any]
    secret_outputs: frozenset[str]
    seconds: float

    @property
    def succeeded(self) -> bool:
        return self.status is Status.SUCCEEDED

    @property
    def exit_code(self) -> int:
        """0 ok, 1 failed or cancelled."""
        return 0 if self.succeeded else 1
