"""Computes whether a model fits its GPUs. docs/images/serving.md explains each term and where it comes from.

What one GPU needs, in GiB of 2^30 bytes:

    weights     = (parameters - embeddings) x bytes / (tp x pp)  +  embeddings x 2 / tp
    KV cache    = 2 x layers / pp x KV heads / tp x head size x bytes x tokens cached at once
    adapters    = adapters x rank x (inputs + outputs of the adapted matrices) x layers / pp x 2 / tp
    activations = tokens a pass x (6 x hidden + 3 x feed-forward / tp) x 2  +  batch x vocabulary x 2 x 4
    workspace   = 1.0  (+ 0.5 with more than one GPU)  + 0.2 for each captured CUDA graph

and it fits where the sum is at most 0.9 of the GPU's memory.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from images.serving.architectures import GENERATE
from images.serving.facts import ModelFacts
from images.serving.limits import Limits, limits_of

GIB: Final = 2**30
USABLE_SHARE: Final = 0.9  # of a GPU's memory: trtllm-serve's default (vLLM 0.28's is 0.92), stated to both engines
BYTES_PER_WEIGHT: Final = {"none": 2.0, "fp8": 1.0, "int8": 1.0, "int4-awq": 0.5625, "nvfp4": 0.5625}
"""Four-bit formats have half a byte a weight, and a 16-bit scale for 32 weights or an 8-bit one for 16."""
CONTEXT_GIB: Final = 1.0
COMMUNICATION_GIB: Final = 0.5
GRAPH_GIB: Final = 0.2
_HIDDEN_COPIES: Final = 6
_FEED_COPIES: Final = 3
_LOGIT_COPIES: Final = 2
_BYTES_16_BIT: Final = 2
_BYTES_32_BIT: Final = 4


@dataclass(frozen=True, kw_only=True)
class Term:
    """One part of the memory that a GPU needs, and how it was computed."""

    name: str
    gib: float
    working: str

    def __str__(self) -> str:
        return f"{self.name:<12}{self.gib:8.2f} GiB = {self.working}"


@dataclass(frozen=True, kw_only=True)
class MemoryNeed:
    """The memory that one GPU of a replica needs."""

    weights: Term
    cache: Term
    adapters: Term
    activations: Term
    workspace: Term

    @property
    def terms(self) -> tuple[Term, ...]:
        return (self.weights, self.cache, self.adapters, self.activations, self.workspace)

    @property
    def total_gib(self) -> float:
        return math.fsum(term.gib for term in self.terms)

    @property
    def without_cache_gib(self) -> float:
        return self.total_gib - self.cache.gib


@dataclass(frozen=True, kw_only=True)
class MemoryFit:
    """A need against a GPU. `largest_concurrency` is at the stated context, `largest_context_tokens` at the stated
    concurrency and no longer than the model's positions; 0 where not even one token fits.
    """

    need: MemoryNeed
    gpu_memory_gib: float
    largest_concurrency: int
    largest_context_tokens: int

    @property
    def usable_gib(self) -> float:
        return USABLE_SHARE * self.gpu_memory_gib

    @property
    def fits(self) -> bool:
        return self.need.total_gib <= self.usable_gib

    @property
    def arithmetic(self) -> str:
        """One line for each term, as a refusal shows it."""
        relation = "which fits in" if self.fits else "more than"
        verdict = f"{relation} {self.usable_gib:.2f} GiB ({USABLE_SHARE} x {self.gpu_memory_gib:g} GiB)"
        lines = [
            *(str(term) for term in self.need.terms),
            f"{'needed':<12}{self.need.total_gib:8.2f} GiB a GPU, {verdict}",
        ]
        return "\n".join(lines)


def memory_need(facts: ModelFacts) -> MemoryNeed:
    """The memory that one GPU needs.

    Raises:
        ServingError: the model's architecture is not known.
    """
    limits = limits_of(facts)
    return MemoryNeed(
        weights=_weights(facts),
        cache=_cache(facts, limits),
        adapters=_adapters(facts),
        activations=_activations(facts, limits),
        workspace=_workspace(facts, limits),
    )


def memory_fit(facts: ModelFacts, gpu_memory_gib: float) -> MemoryFit:
    """The need against one GPU's memory; `gpu_memory_gib` is positive.

    Raises:
        ServingError: the model's architecture is not known.
    """
    return MemoryFit(
        need=memory_need(facts),
        gpu_memory_gib=gpu_memory_gib,
        largest_concurrency=_largest(lambda count: replace(facts, concurrency=count), gpu_memory_gib, 4096),
        largest_context_tokens=_largest(
            lambda tokens: replace(facts, context_tokens=tokens), gpu_memory_gib, facts.shape.max_position_embeddings
        ),
    )


def cache_bytes_per_token(facts: ModelFacts) -> int:
    """Bytes of one token's keys and values on one GPU; KV heads that do not divide are on several GPUs."""
    shape = facts.shape
    layers = -(-shape.num_hidden_layers // facts.pipeline_parallel)
    if shape.latent_width is not None:
        return layers * shape.latent_width * facts.cache_bytes
    heads = -(-shape.num_key_value_heads // facts.tensor_parallel)
    return 2 * layers * heads * shape.head_dim * facts.cache_bytes


def cached_tokens(facts: ModelFacts, limits: Limits) -> int:
    """Tokens cached at once: the full context of every request where text is generated, one pass where a decoder
    embeds, none in an encoder or in TensorRT-LLM's encode path.
    """
    if facts.role in GENERATE:
        return facts.context_tokens * facts.requests_at_once
    if facts.shape.traits.encoder or facts.serving_engine == "tensorrt-llm":
        return 0
    return limits.max_num_tokens


def _largest(with_value: Callable[[int], ModelFacts], gpu_memory_gib: float, most: int) -> int:
    """The largest value that fits, by bisection: the need never falls as the value grows."""

    def fits(value: int) -> bool:
        return memory_need(with_value(value)).total_gib <= USABLE_SHARE * gpu_memory_gib

    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _weights(facts: ModelFacts) -> Term:
    """Embedding and output layer stay in 16 bits when the rest is quantized; they are on one pipeline stage."""
    parameters = facts.parameters_billions * 1e9
    embeddings = min(parameters, facts.shape.embedding_parameters)
    size = BYTES_PER_WEIGHT[facts.quantization]
    layers = (parameters - embeddings) * size / facts.gpus
    ends = embeddings * _BYTES_16_BIT / facts.tensor_parallel
    working = (
        f"{(parameters - embeddings) / 1e9:.2f}e9 weights x {size:g} B / {facts.gpus}"
        f" + {embeddings / 1e9:.2f}e9 embeddings x {_BYTES_16_BIT} B / {facts.tensor_parallel}"
    )
    return Term(name="weights", gib=(layers + ends) / GIB, working=working)


def _cache(facts: ModelFacts, limits: Limits) -> Term:
    tokens, shape = cached_tokens(facts, limits), facts.shape
    if tokens == 0:
        return Term(name="KV cache", gib=0.0, working="none: each text is read in one pass")
    layers = f"{shape.num_hidden_layers} layers" + (f" / {facts.pipeline_parallel}" * (facts.pipeline_parallel > 1))
    if shape.latent_width is not None:
        per_token = f"{layers} x {shape.latent_width} latent values"
    else:
        per_token = f"2 x {layers} x {shape.num_key_value_heads} KV heads / {facts.tensor_parallel} x {shape.head_dim}"
    cached = (
        f"{facts.context_tokens} tokens x {facts.requests_at_once} requests"
        if facts.role in GENERATE
        else f"{tokens} tokens of one pass"
    )
    return Term(
        name="KV cache",
        gib=tokens * cache_bytes_per_token(facts) / GIB,
        working=f"{per_token} x {facts.cache_bytes} B x {cached}",
    )


def _adapters(facts: ModelFacts) -> Term:
    if facts.adapters is None:
        return Term(name="adapters", gib=0.0, working="none")
    shape, lora = facts.shape, facts.adapters
    widths = _adapted_widths(facts)
    layers = -(-shape.num_hidden_layers // facts.pipeline_parallel)
    size = lora.max_adapters * lora.max_rank * widths * layers * _BYTES_16_BIT / facts.tensor_parallel
    working = (
        f"{lora.max_adapters} adapters x rank {lora.max_rank} x {widths} widths x {layers} layers"
        f" x {_BYTES_16_BIT} B / {facts.tensor_parallel}"
    )
    return Term(name="adapters", gib=size / GIB, working=working)


def _adapted_widths(facts: ModelFacts) -> int:
    """Inputs and outputs of one layer's adapted matrices. TensorRT-LLM adapts query, key and value, as its lora_config
    says; vLLM reserves memory for every linear layer.
    """
    shape = facts.shape
    queries, keys = shape.num_attention_heads * shape.head_dim, shape.num_key_value_heads * shape.head_dim
    attention = 3 * shape.hidden_size + queries + 2 * keys
    if facts.serving_engine == "tensorrt-llm":
        return attention
    projections = 3 if shape.traits.gated else 2
    return attention + queries + shape.hidden_size + projections * (shape.hidden_size + shape.intermediate_size)


def _activations(facts: ModelFacts, limits: Limits) -> Term:
    """One layer's tensors at the largest pass (layers free theirs), and the logits of a batch, twice."""
    shape = facts.shape
    width = _HIDDEN_COPIES * shape.hidden_size + _FEED_COPIES * shape.intermediate_size / facts.tensor_parallel
    layer = limits.max_num_tokens * width * _BYTES_16_BIT
    working = (
        f"{limits.max_num_tokens} tokens a pass x ({_HIDDEN_COPIES} x {shape.hidden_size}"
        f" + {_FEED_COPIES} x {shape.intermediate_size} / {facts.tensor_parallel}) x {_BYTES_16_BIT} B"
    )
    logits = 0
    if facts.role in GENERATE:
        logits = limits.max_batch_size * shape.vocab_size * _LOGIT_COPIES * _BYTES_32_BIT
        working += f" + {limits.max_batch_size} x {shape.vocab_size} logits x {_LOGIT_COPIES} x {_BYTES_32_BIT} B"
    return Term(name="activations", gib=(layer + logits) / GIB, working=working)


def _workspace(facts: ModelFacts, limits: Limits) -> Term:
    working, gib = f"{CONTEXT_GIB:g} for CUDA and kernels", CONTEXT_GIB
    if facts.gpus > 1:
        working, gib = f"{working} + {COMMUNICATION_GIB:g} for NCCL", gib + COMMUNICATION_GIB
    if graphs := len(limits.graph_batches):
        working, gib = f"{working} + {graphs} CUDA graphs x {GRAPH_GIB:g}", gib + graphs * GRAPH_GIB
    return Term(name="workspace", gib=gib, working=working)
