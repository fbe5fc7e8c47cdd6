"""Compatibility of CUDA, driver, engine, torch and GPUs (matrix.yaml), and a check of one combination."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from pydantic import TypeAdapter

_FACTS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
BASELINE_CUDA: Final[str] = _FACTS["baseline"]["cuda"]
BASELINE_DRIVER: Final[int] = _FACTS["baseline"]["driver"]
NODE_DRIVER_SOURCE: Final[str] = _FACTS["baseline"]["source"]
NVIDIA_CAPABILITY: Final = "developer.nvidia.com/cuda-gpus"


class MatrixError(ValueError):
    """A combination outside the matrix; the text says what is allowed."""


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """A GPU in EC2 instances. `capability` is NVIDIA's compute capability."""

    name: str
    capability: str
    families: tuple[str, ...]  # EC2 instance families
    source: str = NVIDIA_CAPABILITY


@dataclass(frozen=True, kw_only=True)
class Stack:
    """Versions that their publisher builds and tests together."""

    name: str
    cuda: str
    driver: int  # the oldest driver branch that runs it without NVIDIA's forward-compatibility package
    torch: str
    capabilities: tuple[str, ...]
    sources: tuple[str, ...]
    engine: str | None = None  # serving engine and version

    @property
    def gpus(self) -> tuple[Gpu, ...]:
        return tuple(gpu for gpu in GPUS if gpu.capability in self.capabilities)


GPUS: Final = TypeAdapter(tuple[Gpu, ...]).validate_python(_FACTS["gpus"])
_STACKS: Final = TypeAdapter(dict[str, Stack]).validate_python(_FACTS["stacks"])
TORCH, TRTLLM, TRTLLM_COMPAT, VLLM = (_STACKS[name] for name in ("torch", "trtllm", "trtllm_compat", "vllm"))
STACKS: Final = tuple(_STACKS.values())


def find_gpu(name: str) -> Gpu:
    """The GPU with that name, instance family or instance type (`g6e.12xlarge`).

    Raises:
        MatrixError: it is not in the matrix; the text names those that are.
    """
    wanted = name.lower().partition(".")[0]
    for gpu in GPUS:
        if wanted == gpu.name.lower() or wanted in gpu.families:
            return gpu
    known = ", ".join(f"{gpu.name} ({', '.join(gpu.families)})" for gpu in GPUS)
    raise MatrixError(f"GPU {name} is not in the matrix; allowed: {known}")


def driver_branch(version: str) -> int:
    """Returns a driver's branch: 580 for `580.95.05`, `R580` or `580`.

    Raises:
        MatrixError: it is no version.
    """
    head = version.removeprefix("R").partition(".")[0]
    if not (head.isascii() and head.isdigit()):
        raise MatrixError(f"driver {version} is not a version; give one such as {BASELINE_DRIVER} or 580.95.05")
    return int(head)


def require_compatible(stack: Stack, gpu: str, driver: str = str(BASELINE_DRIVER), cuda: str | None = None) -> Gpu:
    """Returns the GPU, if `stack` runs on it with `driver`.

    Raises:
        MatrixError: it does not run there; the text says what is allowed.
    """
    found = find_gpu(gpu)
    if found not in stack.gpus:
        raise MatrixError(
            f"{stack.name} is not for {found.name} (compute capability {found.capability}); "
            f"allowed: {_names(stack.gpus)}"
        )
    if driver_branch(driver) < stack.driver:
        raise MatrixError(
            f"driver {driver} is too old for {stack.name} (CUDA {stack.cuda}); allowed: branch {stack.driver} and "
            f"later; the nodes' baseline is {BASELINE_DRIVER}"
        )
    if cuda is not None and cuda != stack.cuda:
        allowed = ", ".join(f"{known.cuda} ({known.name})" for known in STACKS)
        raise MatrixError(f"{stack.name} carries CUDA {stack.cuda}, not {cuda}; allowed: {allowed}")
    return found


def _names(gpus: Iterable[Gpu]) -> str:
    return ", ".join(f"{gpu.name} ({', '.join(gpu.families)})" for gpu in gpus)
