"""Makes trtllm-serve's YAML and command line for each role, from a model's facts."""

from typing import Final

from codekeep_contracts.pods import MODEL_PORT

from images.serving.command_line import HOST
from images.serving.facts import ModelFacts
from images.serving.limits import limits_of
from images.serving.memory import USABLE_SHARE
from images.serving.options import CudaGraphConfig, KvCacheConfig, LoraConfig, SchedulerConfig, TrtllmOptions
from images.serving.trtllm_flags import TELEMETRY_FROM

LORA_MODULES: Final = ("attn_q", "attn_k", "attn_v")
_HOST_ADAPTERS: Final = 4  # in the host's memory, for each one on the GPU
_QUEUE_DELAY_SECONDS: Final = 0.005
_QUEUE_SIZE: Final = 2048


def trtllm_options(facts: ModelFacts) -> TrtllmOptions:
    """The YAML of a model. Chat reuses prefixes, since each request has its access group's cache_salt. Autocomplete
    does not: /v1/completions takes no salt. Embed has neither a cache nor decoding.
    """
    return _embed(facts) if facts.role == "embed" else _generate(facts)


def trtllm_arguments(facts: ModelFacts, model_path: str, config_path: str) -> tuple[str, ...]:
    """Arguments of `trtllm-serve`: only flags without a key in the YAML."""
    common = ("--host", HOST, "--port", str(MODEL_PORT), "--log_level", "warning", "--config", config_path)
    telemetry = ("--no-telemetry",) if facts.engine_release >= TELEMETRY_FROM else ()
    if facts.role != "embed":
        return (model_path, *common, *telemetry)
    batcher = (
        *("--max_batch_size", str(limits_of(facts).max_batch_size)),
        *("--max_queue_delay", str(_QUEUE_DELAY_SECONDS), "--max_queue_size", str(_QUEUE_SIZE)),
    )
    return ("embeddings", model_path, *common, *batcher, *telemetry)


def _generate(facts: ModelFacts) -> TrtllmOptions:
    limits = limits_of(facts)
    chat = facts.role == "chat"
    return TrtllmOptions(
        revision=facts.revision,
        tokenizer_revision=facts.revision,
        trust_remote_code=False,
        tensor_parallel_size=facts.tensor_parallel,
        pipeline_parallel_size=facts.pipeline_parallel,
        max_batch_size=limits.max_batch_size,
        max_num_tokens=limits.max_num_tokens,
        max_seq_len=facts.context_tokens,
        max_input_len=facts.context_tokens - 1,  # at least one token is written
        enable_chunked_prefill=limits.chunked_prefill,
        kv_cache_config=KvCacheConfig(
            enable_block_reuse=chat, free_gpu_memory_fraction=USABLE_SHARE, dtype=facts.cache_dtype
        ),
        scheduler_config=SchedulerConfig(capacity_scheduler_policy="GUARANTEED_NO_EVICT"),
        lora_config=_lora(facts),
        cuda_graph_config=CudaGraphConfig(batch_sizes=list(limits.graph_batches), enable_padding=True),
        enable_iter_perf_stats=True,
        return_perf_metrics=True,
        print_iter_log=False,
    )


def _embed(facts: ModelFacts) -> TrtllmOptions:
    """No parallelism: the embeddings server refuses it."""
    return TrtllmOptions(
        revision=facts.revision,
        tokenizer_revision=facts.revision,
        trust_remote_code=False,
        max_num_tokens=limits_of(facts).max_num_tokens,
        max_seq_len=facts.context_tokens,
        max_input_len=facts.context_tokens,
        enable_iter_perf_stats=True,
        return_perf_metrics=True,
    )


def _lora(facts: ModelFacts) -> LoraConfig | None:
    if facts.adapters is None:
        return None
    return LoraConfig(
        lora_target_modules=list(LORA_MODULES),
        max_lora_rank=facts.adapters.max_rank,
        max_loras=facts.adapters.max_adapters,
        max_cpu_loras=_HOST_ADAPTERS * facts.adapters.max_adapters,
    )
