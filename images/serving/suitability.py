"""Whether a model can be served as its facts ask, before any option is written."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from images.serving.command_line import EMBEDDINGS_FROM
from images.serving.facts import ModelFacts
from images.serving.faults import ServingError, ServingFault
from images.serving.memory import MemoryFit, memory_fit
from images.serving.shapes import GENERATE, Architecture

_TRTLLM_FORMATS: Final = frozenset({"none", "fp8", "int4-awq", "nvfp4"})
"""Source: NVIDIA/TensorRT-LLM docs/source/features/quantization.md (int8 weights: the TensorRT backend only)."""
_PARAMETER_TOLERANCE: Final = 0.05


def unsuitable(facts: ModelFacts) -> list[ServingFault]:
    """Every reason why the model cannot be served so. Memory is judged where the rest holds and the GPU is known."""
    try:
        facts.shape.traits  # noqa: B018 - both may be unknown
    except ServingError as unknown:
        return list(unknown.faults)
    if wrong_role := list(_role_faults(facts)):
        return wrong_role
    found = [
        *_engine_faults(facts),
        *_parallel_faults(facts, facts.shape),
        *_shape_faults(facts, facts.shape),
        *_adapter_faults(facts, facts.shape),
    ]
    if found or facts.gpu_memory_gib is None:
        return found
    return list(_memory_faults(facts, facts.gpu_memory_gib))


def _role_faults(facts: ModelFacts) -> Iterator[ServingFault]:
    traits = facts.shape.traits
    if facts.role not in traits.roles:
        yield ServingFault(
            field="role",
            got=f"{facts.role} of {facts.name} ({facts.shape.model_class})",
            allowed=", ".join(sorted(traits.roles)),
            remedy="choose a model made for the role",
        )


def _engine_faults(facts: ModelFacts) -> Iterator[ServingFault]:
    shape, engine = facts.shape, facts.serves_with
    if engine == "tensorrt-llm" and facts.role == "rerank":
        yield ServingFault(
            field="engine",
            got="tensorrt-llm for rerank",
            allowed="vllm: trtllm-serve has no re-ranking route",
            remedy="leave engine out",
        )
    elif engine not in shape.traits.engines:
        yield ServingFault(
            field="engine",
            got=f"{engine} for {facts.name} ({shape.model_class})",
            allowed=", ".join(sorted(shape.traits.engines)),
            remedy=f"set engine to {min(shape.traits.engines)}, or choose another model",
        )
    elif engine == "tensorrt-llm" and facts.role == "embed" and facts.engine_release < EMBEDDINGS_FROM:
        yield ServingFault(
            field="engine",
            got=f"tensorrt-llm {facts.engine_release} for embed",
            allowed=f"vllm, or tensorrt-llm from {EMBEDDINGS_FROM}, which has `trtllm-serve embeddings`",
            remedy="leave engine out",
        )
    if engine == "tensorrt-llm" and facts.quantization not in _TRTLLM_FORMATS:
        yield ServingFault(
            field="quantization",
            got=f"{facts.quantization} with tensorrt-llm",
            allowed=", ".join(sorted(_TRTLLM_FORMATS)),
            remedy="choose one of these, or set engine to vllm",
        )


def _parallel_faults(facts: ModelFacts, shape: Architecture) -> Iterator[ServingFault]:
    parallel, heads, kv_heads = facts.tensor_parallel, shape.num_attention_heads, shape.num_key_value_heads
    if facts.role not in GENERATE and facts.gpus > 1:
        yield ServingFault(
            field="tensor_parallel",
            got=f"{facts.gpus} GPUs for {facts.role}",
            allowed="1: a model that reads texts in one pass runs on one GPU",
            remedy="set it to 1, and raise max_replicas for more throughput",
        )
    elif heads % parallel or (kv_heads % parallel and parallel % kv_heads):
        sizes = [size for size in (1, 2, 4, 8) if not heads % size and not (kv_heads % size and size % kv_heads)]
        yield ServingFault(
            field="tensor_parallel",
            got=f"{parallel}, which does not divide {heads} heads and {kv_heads} KV heads",
            allowed=", ".join(str(size) for size in sizes),
            remedy="choose one of these",
        )
    if facts.pipeline_parallel > shape.num_hidden_layers:
        yield ServingFault(
            field="pipeline_parallel",
            got=f"{facts.pipeline_parallel} stages for {shape.num_hidden_layers} layers",
            allowed=f"1 to {shape.num_hidden_layers}",
            remedy="lower it",
        )


def _shape_faults(facts: ModelFacts, shape: Architecture) -> Iterator[ServingFault]:
    if facts.context_tokens > shape.max_position_embeddings:
        yield ServingFault(
            field="context_tokens",
            got=f"{facts.context_tokens}, longer than {facts.name} reads",
            allowed=f"at most its {shape.max_position_embeddings} positions",
            remedy="lower it; a checkpoint whose config.json scales its positions (YaRN) states them in architecture",
        )
    told = shape.parameters
    if told is not None and abs(facts.parameters_billions * 1e9 / told - 1) > _PARAMETER_TOLERANCE:
        yield ServingFault(
            field="parameters_billions",
            got=f"{facts.parameters_billions}, which is not what {facts.name}'s architecture comes to",
            allowed=f"{told / 1e9:.3g}, to within {_PARAMETER_TOLERANCE:.0%}",
            remedy="correct parameters_billions, or the model's name or architecture",
        )
    if facts.role == "embed" and facts.dimension is not None and facts.dimension != shape.hidden_size:
        yield ServingFault(
            field="dimension",
            got=f"{facts.dimension} of {facts.name}",
            allowed=f"{shape.hidden_size}, the length of its vectors",
            remedy="correct dimension and the index's",
        )
    if shape.traits.encoder and facts.quantization != "none":
        yield ServingFault(
            field="quantization",
            got=f"{facts.quantization} of {facts.name}",
            allowed="none: no engine reads quantized encoders of this class",
            remedy="set it to none",
        )


def _adapter_faults(facts: ModelFacts, shape: Architecture) -> Iterator[ServingFault]:
    if facts.adapters is None:
        return
    if facts.role not in GENERATE or shape.latent_width is not None:
        why = f"role {facts.role}" if facts.role not in GENERATE else "multi-head latent attention"
        yield ServingFault(
            field="lora",
            got=f"adapters on a model of {why}",
            allowed="adapters on models of role chat or autocomplete, without latent attention",
            remedy="remove lora",
        )


def _memory_faults(facts: ModelFacts, gpu_memory_gib: float) -> Iterator[ServingFault]:
    fit = memory_fit(facts, gpu_memory_gib)
    if fit.fits:
        return
    of_weights = fit.need.without_cache_gib > fit.usable_gib or facts.role not in GENERATE
    wider = _parallelism_that_fits(facts, gpu_memory_gib)
    raised = f"raise tensor_parallel ({wider} fits)" if wider else "raise tensor_parallel or pipeline_parallel"
    yield ServingFault(
        field="parameters_billions" if of_weights else "context_tokens",
        got=f"{facts.parameters_billions}e9 parameters in {facts.quantization} over {facts.gpus} GPU(s) for"
        f" {facts.requests_at_once} requests of {facts.context_tokens} tokens:\n{fit.arithmetic}",
        allowed=f"at most {fit.usable_gib:.1f} GiB a GPU ({gpu_memory_gib:g} GiB each); {_largest(facts, fit)}",
        remedy=f"{raised}, quantize, or choose a pool with larger GPUs"
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
        splits = size > facts.tensor_parallel and not list(_parallel_faults(wider, wider.shape))
        if splits and memory_fit(wider, gpu_memory_gib).fits:
            return size
    return None
