"""Which CUDA, driver, engine, torch and GPUs go together; the CUDA baseline is stated here and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass

BASELINE_CUDA = "12.8"  # for every wheel that we choose ourselves: the newest CUDA 12 of torch on PyPI
BASELINE_DRIVER = 580  # branch on the nodes: the EKS AL2023 NVIDIA image ships it; it runs CUDA 12 and CUDA 13

NVIDIA_COMPATIBILITY = "docs.nvidia.com/cuda/cuda-toolkit-release-notes, minor version compatibility"
NVIDIA_CAPABILITY = "developer.nvidia.com/cuda-gpus"
NODE_DRIVER_SOURCE = "github.com/awslabs/amazon-eks-ami/issues/2470"


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
    engine: str | None  # serving engine and version
    capabilities: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def gpus(self) -> tuple[Gpu, ...]:
        return tuple(gpu for gpu in GPUS if gpu.capability in self.capabilities)


GPUS = (
    Gpu(name="A10G", capability="8.6", families=("g5",)),
    Gpu(name="L4", capability="8.9", families=("g6",)),
    Gpu(name="L40S", capability="8.9", families=("g6e",)),
    Gpu(name="A100", capability="8.0", families=("p4d", "p4de")),
    Gpu(name="H100", capability="9.0", families=("p5",)),
    Gpu(name="H200", capability="9.0", families=("p5e", "p5en")),
    Gpu(name="B200", capability="10.0", families=("p6-b200",)),
)
AMPERE_TO_HOPPER = ("8.0", "8.6", "8.9", "9.0")
AMPERE_TO_BLACKWELL = (*AMPERE_TO_HOPPER, "10.0")
TRTLLM_NOTES = "github.com/NVIDIA/TensorRT-LLM docs/source/release-notes.md"
TRTLLM_HARDWARE = "github.com/NVIDIA/TensorRT-LLM docs/source/reference/support-matrix.md"

TORCH = Stack(
    name="torch-cu128",
    cuda=BASELINE_CUDA,
    driver=570,
    torch="2.10.0",
    engine=None,
    capabilities=AMPERE_TO_BLACKWELL,
    sources=(
        "torch 2.10.0's own metadata requires nvidia-cuda-runtime-cu12 12.8.90; 2.11 requires CUDA 13",
        "driver 570 is the first whose own CUDA is 12.8",
    ),
)
TRTLLM = Stack(
    name="trtllm-1.2",
    cuda="13.1",
    driver=580,
    torch="2.10.0a0 (nv25.12)",
    engine="TensorRT-LLM 1.2.1",
    capabilities=AMPERE_TO_BLACKWELL,
    sources=(
        f"{TRTLLM_NOTES}: 1.2 stands on nvcr.io/nvidia/pytorch:25.12-py3, which carries CUDA 13.1",
        TRTLLM_HARDWARE,
        f"{NVIDIA_COMPATIBILITY}: CUDA 13.x needs driver 580",
    ),
)
TRTLLM_COMPAT = Stack(
    name="trtllm-1.0",
    cuda="12.9",
    driver=570,
    torch="2.8.0a0 (nv25.06)",
    engine="TensorRT-LLM 1.0.0",
    capabilities=AMPERE_TO_HOPPER,
    sources=(
        f"{TRTLLM_NOTES}: 1.0, the last on CUDA 12, stands on nvcr.io/nvidia/pytorch:25.06-py3",
        TRTLLM_HARDWARE,
        f"{NVIDIA_COMPATIBILITY}: CUDA 12.x runs from driver 525; 570 is the oldest branch we keep",
    ),
)
VLLM = Stack(
    name="vllm-0.28",
    cuda="12.9",
    driver=570,
    torch="as built into the image",
    engine="vLLM 0.28.0",
    capabilities=AMPERE_TO_BLACKWELL,
    sources=(
        "hub.docker.com/r/vllm/vllm-openai: tags ending in -cu129 are built for CUDA 12.9",
        "docs.vllm.ai, GPU installation: compute capability 7.0 or higher",
        f"{NVIDIA_COMPATIBILITY}: CUDA 12.x runs from driver 525; 570 is the oldest branch we keep",
    ),
)
STACKS = (TORCH, TRTLLM, TRTLLM_COMPAT, VLLM)


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
    """580 for `580.95.05`, `R580` or `580`.

    Raises:
        MatrixError: it is no version.
    """
    head = version.removeprefix("R").partition(".")[0]
    if not (head.isascii() and head.isdigit()):
        raise MatrixError(f"driver {version} is not a version; give one such as {BASELINE_DRIVER} or 580.95.05")
    return int(head)


def require(stack: Stack, gpu: str, driver: str = str(BASELINE_DRIVER), cuda: str | None = None) -> Gpu:
    """The GPU, if `stack` runs on it with `driver`.

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
