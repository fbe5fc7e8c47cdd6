"""Checks whether a model can be served as specified, before any option is written."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from images.serving.architectures import GENERATE, Architecture
from images.serving.facts import ModelFacts
from images.serving.memory import MemoryFit, memory_fit
from images.serving.problems import Problem, ServingError
from images.serving.trtllm_flags import EMBEDDINGS_FROM

_TRTLLM_FORMATS: Final = frozenset({"none", "fp8", "int4-awq", "nvfp4"})
"""Source: NVIDIA/TensorRT-LLM docs/source/features/quantization.md (int8 weights: the TensorRT backend only)."""
_PARAMETER_TOLERANCE: Final = 0.05


def suitability_problems(facts: ModelFacts) -> list[Problem]:
    """Every reason why the model cannot be served as specified. Memory is judged only where nothing else is wrong and
    the GPU is known.
    """
    try:
        facts.shape.traits  # noqa: B018 - the shape and its class may be unknown
    except ServingError as unknown:
        return list(unknown.problems)
    if wrong_role := list(_role_problems(facts)):
        return wrong_role
    found = [
        *_engine_problems(facts),
        *_parallel_problems(facts, facts.shape),
        *_shape_problems(facts, facts.shape),
        *_adapter_problems(facts, facts.shape),
    ]
    if found or facts.gpu_memory_gib is None:
        return found
    return list(_memory_problems(facts, facts.gpu_memory_gib))


def _role_problems(facts: ModelFacts) -> Iterator[Problem]:
    traits = facts.shape.traits
    if facts.role not in traits.roles:
        yield Problem(
            "role",
            f"{facts.role} of {facts.name} ({facts.shape.model_class})",
            ", ".join(sorted(traits.roles)),
            "choose a model made for the role",
        )


def _engine_problems(facts: ModelFacts) -> Iterator[Problem]:
    shape, engine = facts.shape, facts.serving_engine
    if engine == "tensorrt-llm" and facts.role == "rerank":
        yield Problem(
            "engine", "tensorrt-llm for rerank", "vllm: trtllm-serve has no re-ranking route", "leave engine out"
        )
    elif engine not in shape.traits.engines:
        yield Problem(
            "engine",
            f"{engine} for {facts.name} ({shape.model_class})",
            ", ".join(sorted(shape.traits.engines)),
            f"set engine to {min(shape.traits.engines)}, or choose another model",
        )
    elif engine == "tensorrt-llm" and facts.role == "embed" and facts.engine_release < EMBEDDINGS_FROM:
        yield Problem(
            "engine",
            f"tensorrt-llm {facts.engine_release} for embed",
            f"vllm, or tensorrt-llm from {EMBEDDINGS_FROM}, which has `trtllm-serve embeddings`",
            "leave engine out",
        )
    if engine == "tensorrt-llm" and facts.quantization not in _TRTLLM_FORMATS:
        yield Problem(
            "quantization",
            f"{facts.quantization} with tensorrt-llm",
            ", ".join(sorted(_TRTLLM_FORMATS)),
            "choose one of these, or set engine to vllm",
        )


def _parallel_problems(facts: ModelFacts, shape: Architecture) -> Iterator[Problem]:
    parallel, heads, kv_heads = facts.tensor_parallel, shape.num_attention_heads, shape.num_key_value_heads
    if facts.role not in GENERATE and facts.gpus > 1:
        yield Problem(
            "tensor_parallel",
            f"{facts.gpus} GPUs for {facts.role}",
            "1: a model that reads texts in one pass runs on one GPU",
            "set it to 1, and raise max_replicas for more throughput",
        )
    elif heads % parallel or (kv_heads % parallel and parallel % kv_heads):
        sizes = [size for size in (1, 2, 4, 8) if not heads % size and not (kv_heads % size and size % kv_heads)]
        yield Problem(
            "tensor_parallel",
            f"{parallel}, which does not divide {heads} heads and {kv_heads} KV heads",
            ", ".join(str(size) for size in sizes),
            "choose one of these",
        )
    if facts.pipeline_parallel > shape.num_hidden_layers:
        yield Problem(
            "pipeline_parallel",
            f"{facts.pipeline_parallel} stages for {shape.num_hidden_layers} layers",
            f"1 to {shape.num_hidden_layers}",
            "lower it",
        )


def _shape_problems(facts: ModelFacts, shape: Architecture) -> Iterator[Problem]:
    if facts.context_tokens > shape.max_position_embeddings:
        yield Problem(
            "context_tokens",
            f"{facts.context_tokens}, longer than the context of {facts.name}",
            f"at most its {shape.max_position_embeddings} positions",
            "lower it; a checkpoint whose config.json scales its positions (YaRN) states them in architecture",
        )
    derived = shape.parameters
    if derived is not None and abs(facts.parameters_billions * 1e9 / derived - 1) > _PARAMETER_TOLERANCE:
        yield Problem(
            "parameters_billions",
            f"{facts.parameters_billions}, which does not match the architecture of {facts.name}",
            f"{derived / 1e9:.3g}, to within {_PARAMETER_TOLERANCE:.0%}",
            "correct parameters_billions, or the model's name or architecture",
        )
    if facts.role == "embed" and facts.dimension is not None and facts.dimension != shape.hidden_size:
        yield Problem(
            "dimension",
            f"{facts.dimension} of {facts.name}",
            f"{shape.hidden_size}, the length of its vectors",
            "correct dimension and the index's",
        )
    if shape.traits.encoder and facts.quantization != "none":
        yield Problem(
            "quantization",
            f"{facts.quantization} of {facts.name}",
            "none: no engine reads quantized encoders of this class",
            "set it to none",
        )


def _adapter_problems(facts: ModelFacts, shape: Architecture) -> Iterator[Problem]:
    if facts.adapters is None:
        return
    if facts.role not in GENERATE or shape.latent_width is not None:
        why = f"role {facts.role}" if facts.role not in GENERATE else "multi-head latent attention"
        yield Problem(
            "lora",
            f"adapters on a model of {why}",
            "adapters on models of role chat or autocomplete, without latent attention",
            "remove lora",
        )


def _memory_problems(facts: ModelFacts, gpu_memory_gib: float) -> Iterator[Problem]:
    fit = memory_fit(facts, gpu_memory_gib)
    if fit.fits:
        return
    of_weights = fit.need.without_cache_gib > fit.usable_gib or facts.role not in GENERATE
    wider = _parallelism_that_fits(facts, gpu_memory_gib)
    raised = f"raise tensor_parallel ({wider} fits)" if wider else "raise tensor_parallel or pipeline_parallel"
    yield Problem(
        "parameters_billions" if of_weights else "context_tokens",
        f"{facts.parameters_billions}e9 parameters in {facts.quantization} over {facts.gpus} GPU(s) for"
        f" {facts.requests_at_once} requests of {facts.context_tokens} tokens:\n{fit.arithmetic}",
        f"at most {fit.usable_gib:.1f} GiB a GPU ({gpu_memory_gib:g} GiB each); {_largest(facts, fit)}",
        f"{raised}, quantize, or choose a pool with larger GPUs"
        if of_weights
        else f"lower context_tokens or concurrency, {raised}, or choose a pool with larger GPUs",
    )


def _largest(facts: ModelFacts, fit: MemoryFit) -> str:
    if fit.largest_context_tokens == 0 and fit.largest_concurrency == 0:
        return "not even one token fits beside the weights"
    return (
        f"the largest that fits: {fit.largest_concurrency} requests of {facts.context_tokens} tokens, or"
        f" {fit.largest_context_tokens} tokens with {facts.requests_at_once} requests"
    )


def _parallelism_that_fits(facts: ModelFacts, gpu_memory_gib: float) -> int | None:
    """The smallest tensor_parallel above the stated one that splits the model and lets it fit, or None."""
    for size in (2, 4, 8):
        wider = replace(facts, tensor_parallel=size)
        splits = size > facts.tensor_parallel and not list(_parallel_problems(wider, wider.shape))
        if splits and memory_fit(wider, gpu_memory_gib).fits:
            return size
    return None
