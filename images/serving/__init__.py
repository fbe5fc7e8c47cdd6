"""How each model of a keep is served: options, memory, command line. `plan(facts)` is the entry."""

from images.serving.checking import check_trtllm
from images.serving.facts import Adapters, ModelFacts, Release
from images.serving.faults import ServingError, ServingFault
from images.serving.limits import limits_of
from images.serving.memory import MemoryFit, MemoryNeed, memory_fit, memory_need
from images.serving.serving_plan import EngineMetrics, ServingPlan, plan
from images.serving.shapes import CLASSES, PUBLIC_MODELS, Architecture
from images.serving.suitability import unsuitable
from images.serving.vllm import check_vllm

__all__ = [
    "CLASSES",
    "PUBLIC_MODELS",
    "Adapters",
    "Architecture",
    "EngineMetrics",
    "MemoryFit",
    "MemoryNeed",
    "ModelFacts",
    "Release",
    "ServingError",
    "ServingFault",
    "ServingPlan",
    "check_trtllm",
    "check_vllm",
    "limits_of",
    "memory_fit",
    "memory_need",
    "plan",
    "unsuitable",
]
