"""Plans how each model of a keep is served: options, memory, command line. The entry point is `plan(facts)`."""

from images.serving.architectures import CLASSES, PUBLIC_MODELS, Architecture
from images.serving.checking import check_trtllm
from images.serving.engine_metrics import ENGINE_METRICS, EngineMetrics, Metric
from images.serving.facts import Adapters, ModelFacts, Release
from images.serving.limits import limits_of
from images.serving.memory import MemoryFit, MemoryNeed, memory_fit, memory_need
from images.serving.problems import Problem, ServingError
from images.serving.serving_plan import ServingPlan, plan
from images.serving.suitability import suitability_problems
from images.serving.vllm import check_vllm

__all__ = [
    "CLASSES",
    "ENGINE_METRICS",
    "PUBLIC_MODELS",
    "Adapters",
    "Architecture",
    "EngineMetrics",
    "MemoryFit",
    "MemoryNeed",
    "Metric",
    "ModelFacts",
    "Problem",
    "Release",
    "ServingError",
    "ServingPlan",
    "check_trtllm",
    "check_vllm",
    "limits_of",
    "memory_fit",
    "memory_need",
    "plan",
    "suitability_problems",
]
