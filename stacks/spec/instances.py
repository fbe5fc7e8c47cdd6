"""EC2 instance types of a keep: processors, memory, GPUs, local NVMe.

Source: AWS, "Amazon EC2 instance types" (specification tables of the accelerated computing, general purpose, compute,
memory and storage optimised families) and `DescribeInstanceTypes`, which reports GPU memory in MiB; GPU memory here is
that figure in GiB, rounded down, so that a fit computed from it holds on the machine. NVMe is the sum of the instance
store volumes in GB.
To add a type, add its line.
"""

from dataclasses import dataclass
from typing import Literal

Architecture = Literal["x86_64", "arm64"]


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """One model of GPU; `formats` are the weight formats its tensor cores compute in beside 16 bits."""

    name: str
    memory_gib: float
    formats: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    """One EC2 instance type. `gpu_count` is 0 and `gpu` None on a machine without GPUs."""

    name: str
    vcpus: int
    memory_gib: int
    nvme_gb: int
    architecture: Architecture = "x86_64"
    gpu_count: int = 0
    gpu: Gpu | None = None

    @property
    def family(self) -> str:
        """`g6e` of `g6e.12xlarge`."""
        return self.name.split(".", maxsplit=1)[0]


_A10G = Gpu(name="A10G", memory_gib=22.3, formats=frozenset({"int8", "int4-awq"}))
_L4 = Gpu(name="L4", memory_gib=22.3, formats=frozenset({"int8", "int4-awq", "fp8"}))
_L40S = Gpu(name="L40S", memory_gib=44.7, formats=frozenset({"int8", "int4-awq", "fp8"}))
_A100_40 = Gpu(name="A100 40GB", memory_gib=40.0, formats=frozenset({"int8", "int4-awq"}))
_A100_80 = Gpu(name="A100 80GB", memory_gib=80.0, formats=frozenset({"int8", "int4-awq"}))
_H100 = Gpu(name="H100", memory_gib=80.0, formats=frozenset({"int8", "int4-awq", "fp8"}))
_H200 = Gpu(name="H200", memory_gib=141.0, formats=frozenset({"int8", "int4-awq", "fp8"}))
_B200 = Gpu(name="B200", memory_gib=179.0, formats=frozenset({"int8", "int4-awq", "fp8", "nvfp4"}))

# name, vCPU, memory GiB, NVMe GB, GPUs, GPU
_GPU_ROWS: tuple[tuple[str, int, int, int, int, Gpu], ...] = (
    ("g5.xlarge", 4, 16, 250, 1, _A10G),
    ("g5.2xlarge", 8, 32, 450, 1, _A10G),
    ("g5.4xlarge", 16, 64, 600, 1, _A10G),
    ("g5.8xlarge", 32, 128, 900, 1, _A10G),
    ("g5.16xlarge", 64, 256, 1900, 1, _A10G),
    ("g5.12xlarge", 48, 192, 3800, 4, _A10G),
    ("g5.24xlarge", 96, 384, 3800, 4, _A10G),
    ("g5.48xlarge", 192, 768, 7600, 8, _A10G),
    ("g6.xlarge", 4, 16, 250, 1, _L4),
    ("g6.2xlarge", 8, 32, 450, 1, _L4),
    ("g6.4xlarge", 16, 64, 600, 1, _L4),
    ("g6.8xlarge", 32, 128, 900, 1, _L4),
    ("g6.16xlarge", 64, 256, 1880, 1, _L4),
    ("g6.12xlarge", 48, 192, 3760, 4, _L4),
    ("g6.24xlarge", 96, 384, 3760, 4, _L4),
    ("g6.48xlarge", 192, 768, 7520, 8, _L4),
    ("g6e.xlarge", 4, 32, 250, 1, _L40S),
    ("g6e.2xlarge", 8, 64, 450, 1, _L40S),
    ("g6e.4xlarge", 16, 128, 600, 1, _L40S),
    ("g6e.8xlarge", 32, 256, 900, 1, _L40S),
    ("g6e.16xlarge", 64, 512, 1900, 1, _L40S),
    ("g6e.12xlarge", 48, 384, 3800, 4, _L40S),
    ("g6e.24xlarge", 96, 768, 3800, 4, _L40S),
    ("g6e.48xlarge", 192, 1536, 7600, 8, _L40S),
    ("p4d.24xlarge", 96, 1152, 8000, 8, _A100_40),
    ("p4de.24xlarge", 96, 1152, 8000, 8, _A100_80),
    ("p5.4xlarge", 16, 256, 3840, 1, _H100),
    ("p5.48xlarge", 192, 2048, 30400, 8, _H100),
    ("p5e.48xlarge", 192, 2048, 30400, 8, _H200),
    ("p5en.48xlarge", 192, 2048, 30400, 8, _H200),
    ("p6-b200.48xlarge", 192, 2048, 30400, 8, _B200),
)

_TO_16XLARGE = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
_TO_24XLARGE = (*_TO_16XLARGE, "24xlarge")
_VCPUS = dict(zip(_TO_24XLARGE, (2, 4, 8, 16, 32, 48, 64, 96), strict=True))
_NVME_6ID = (118, 237, 474, 950, 1900, 2850, 3800, 5700)
_NVME_I4I = (468, 937, 1875, 3750, 7500, 11250, 15000, 22500)
_NO_NVME = (0,) * len(_TO_24XLARGE)

# family, GiB a vCPU, architecture, sizes, NVMe GB by size
_CPU_FAMILIES: tuple[tuple[str, int, Architecture, tuple[str, ...], tuple[int, ...]], ...] = (
    ("m6i", 4, "x86_64", _TO_24XLARGE, _NO_NVME),
    ("m7i", 4, "x86_64", _TO_24XLARGE, _NO_NVME),
    ("m7g", 4, "arm64", _TO_16XLARGE, _NO_NVME),
    ("c6i", 2, "x86_64", _TO_24XLARGE, _NO_NVME),
    ("c7i", 2, "x86_64", _TO_24XLARGE, _NO_NVME),
    ("c7g", 2, "arm64", _TO_16XLARGE, _NO_NVME),
    ("r6i", 8, "x86_64", _TO_24XLARGE, _NO_NVME),
    ("r7i", 8, "x86_64", _TO_24XLARGE, _NO_NVME),
    ("r7g", 8, "arm64", _TO_16XLARGE, _NO_NVME),
    ("m6id", 4, "x86_64", _TO_24XLARGE, _NVME_6ID),
    ("c6id", 2, "x86_64", _TO_24XLARGE, _NVME_6ID),
    ("r6id", 8, "x86_64", _TO_24XLARGE, _NVME_6ID),
    ("m7gd", 4, "arm64", _TO_16XLARGE, _NVME_6ID),
    ("c7gd", 2, "arm64", _TO_16XLARGE, _NVME_6ID),
    ("i4i", 8, "x86_64", _TO_24XLARGE, _NVME_I4I),
)


def _gpu_types() -> dict[str, InstanceType]:
    return {
        name: InstanceType(name=name, vcpus=vcpus, memory_gib=memory, nvme_gb=nvme, gpu_count=count, gpu=gpu)
        for name, vcpus, memory, nvme, count, gpu in _GPU_ROWS
    }


def _cpu_types() -> dict[str, InstanceType]:
    return {
        f"{family}.{size}": InstanceType(
            name=f"{family}.{size}",
            vcpus=_VCPUS[size],
            memory_gib=_VCPUS[size] * ratio,
            nvme_gb=nvme,
            architecture=architecture,
        )
        for family, ratio, architecture, sizes, nvme_by_size in _CPU_FAMILIES
        for size, nvme in zip(sizes, nvme_by_size, strict=False)
    }


INSTANCE_TYPES: dict[str, InstanceType] = {**_cpu_types(), **_gpu_types()}
"""Every type a pool may name."""

SEARCH_FAMILIES: tuple[str, ...] = ("m6g", "m7g", "r6g", "r7g", "or1", "c7g")
"""Families of OpenSearch Service (`<family>.<size>.search`) that take a customer-managed key and gp3 volumes."""
