"""Whether a model fits the GPUs it is spread over.

What one GPU must hold, in GiB:

    weights  = parameters x bytes per weight / (tensor_parallel x pipeline_parallel)
    runtime  = 1.5                                (CUDA context, activations, communication buffers)
    adapters = 0.02 x weights x adapters x rank / 16   (only with LoRA)
    kv       = share of the GPU's memory kept free for the key-value cache, by role

and it fits where their sum is at most the GPU's memory. Bytes per weight: none 2, fp8 and int8 1, int4-awq and nvfp4
0.56 (half a byte and the scales of each group). KV share: chat 0.20, autocomplete 0.15, embed and rerank 0.05. This is
a bound for the spec; the serving configuration computes the cache exactly from layers, context and concurrency.
"""

from dataclasses import dataclass
from typing import Final

from stacks.spec.compute import Model
from stacks.spec.instances import Gpu

BYTES_PER_WEIGHT: Final = {"none": 2.0, "fp8": 1.0, "int8": 1.0, "int4-awq": 0.56, "nvfp4": 0.56}
KV_SHARE: Final = {"chat": 0.20, "autocomplete": 0.15, "embed": 0.05, "rerank": 0.05}
RUNTIME_GIB: Final = 1.5
ADAPTER_SHARE: Final = 0.02
_REFERENCE_RANK: Final = 16
_GIB: Final = 2**30


@dataclass(frozen=True, kw_only=True)
class MemoryFit:
    """GiB that one GPU must hold, by part, and what it has."""

    weights_gib: float
    runtime_gib: float
    adapters_gib: float
    kv_gib: float
    memory_gib: float

    @property
    def needed_gib(self) -> float:
        return self.weights_gib + self.runtime_gib + self.adapters_gib + self.kv_gib

    @property
    def fits(self) -> bool:
        return self.needed_gib <= self.memory_gib

    def __str__(self) -> str:
        return (
            f"{self.needed_gib:.1f} GiB a GPU (weights {self.weights_gib:.1f} + runtime {self.runtime_gib:.1f}"
            f" + adapters {self.adapters_gib:.1f} + KV {self.kv_gib:.1f})"
        )


def memory_fit(model: Model, gpu: Gpu) -> MemoryFit:
    """What one of the model's GPUs must hold, against that GPU."""
    weights = model.parameters_billions * 1e9 * BYTES_PER_WEIGHT[model.quantization] / model.gpus / _GIB
    adapters = 0.0
    if model.lora is not None:
        adapters = ADAPTER_SHARE * weights * model.lora.max_adapters * model.lora.max_rank / _REFERENCE_RANK
    return MemoryFit(
        weights_gib=weights,
        runtime_gib=RUNTIME_GIB,
        adapters_gib=adapters,
        kv_gib=KV_SHARE[model.role] * gpu.memory_gib,
        memory_gib=gpu.memory_gib,
    )
