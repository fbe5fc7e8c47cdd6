"""trtllm-serve 1.2's YAML (`--config`), typed: the LLM arguments of its PyTorch backend under their own names.

Source: NVIDIA/TensorRT-LLM tensorrt_llm/llmapi/llm_args.py and tests/unittest/api_stability/references*/llm.yaml of
1.2. Arguments that are Python objects, or for the older TensorRT backend alone, cannot be stated here.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=1)]
Amount = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Ratio = Annotated[float, Field(ge=0, le=1)]
Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]


class Options(BaseModel):
    """Strict, frozen, and closed: an unknown key is an error."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=())


class KvCacheConfig(Options):
    """The key-value cache. `enable_block_reuse` is prefix caching."""

    enable_block_reuse: bool = True
    enable_partial_reuse: bool = True
    copy_on_partial_reuse: bool = True
    free_gpu_memory_fraction: Share = 0.9
    max_tokens: Count | None = None
    max_gpu_total_bytes: Amount = 0
    max_attention_window: Annotated[list[Count], Field(min_length=1)] | None = None
    sink_token_length: Amount | None = None
    host_cache_size: Amount | None = None
    onboard_blocks: bool = True
    secondary_offload_min_priority: Amount | None = None
    event_buffer_max_size: Amount = 0
    tokens_per_block: Literal[8, 16, 32, 64, 128] = 32
    dtype: Literal["auto", "fp8", "nvfp4"] = "auto"
    use_uvm: bool = False


class LoraConfig(Options):
    """Adapters. `max_loras` are on the GPU at once, `max_cpu_loras` in the host's memory."""

    lora_target_modules: Annotated[
        list[Literal["attn_q", "attn_k", "attn_v", "attn_qkv", "attn_dense", "mlp_h_to_4h", "mlp_4h_to_h", "mlp_gate"]],
        Field(min_length=1),
    ]
    max_lora_rank: Count = 64
    max_loras: Count | None = None
    max_cpu_loras: Count | None = None


class CudaGraphConfig(Options):
    """Batch sizes whose decoding steps are captured as CUDA graphs."""

    batch_sizes: Annotated[list[Count], Field(min_length=1)] | None = None
    max_batch_size: Amount = 0
    enable_padding: bool = False


class DynamicBatchConfig(Options):
    """Tunes the scheduler's limits while it runs."""

    enable_batch_size_tuning: bool
    enable_max_num_tokens_tuning: bool
    dynamic_batch_moving_average_window: Count


class SchedulerConfig(Options):
    """Chooses which requests run next. GUARANTEED_NO_EVICT starts none whose cache might not suffice to its end."""

    capacity_scheduler_policy: Literal["MAX_UTILIZATION", "GUARANTEED_NO_EVICT", "STATIC_BATCH"] = "GUARANTEED_NO_EVICT"
    context_chunking_policy: Literal["FIRST_COME_FIRST_SERVED", "EQUAL_PROGRESS"] | None = None
    dynamic_batch_config: DynamicBatchConfig | None = None


class PeftCacheConfig(Options):
    """Caches of adapters."""

    device_cache_percent: Share = 0.02
    host_cache_size: Amount | None = None


class MoeConfig(Options):
    """Mixtures of experts."""

    backend: Literal["AUTO", "CUTLASS", "CUTEDSL", "WIDEEP", "TRTLLM", "DEEPGEMM", "VANILLA", "TRITON"] = "AUTO"
    max_num_tokens: Count | None = None


class SpeculativeConfig(Options):
    """Drafts tokens from n-grams of the text itself, or with a draft model in the model's folder."""

    decoding_type: Literal["NGram", "DraftTarget", "Eagle3", "MTP"]
    max_draft_len: Count | None = None
    max_matching_ngram_size: Count | None = None
    speculative_model: str | None = None
    num_nextn_predict_layers: Count | None = None


class TorchCompileConfig(Options):
    """torch.compile."""

    enable_fullgraph: bool = True
    enable_inductor: bool = False
    enable_piecewise_cuda_graph: bool = False
    capture_num_tokens: list[Count] | None = None
    enable_userbuffers: bool = True
    max_num_streams: Count = 1


class TrtllmOptions(Options):
    """The YAML. Nothing in it logs a prompt; `trust_remote_code` has no other value than false."""

    revision: Commit
    tokenizer_revision: Commit | None = None
    trust_remote_code: Literal[False] = False
    tokenizer: str | None = None
    tokenizer_mode: Literal["auto", "slow"] = "auto"
    skip_tokenizer_init: Literal[False] = False
    dtype: Literal["auto", "bfloat16", "float16"] = "auto"
    load_format: Literal["auto"] = "auto"
    tensor_parallel_size: Count = 1
    pipeline_parallel_size: Count = 1
    context_parallel_size: Count = 1
    moe_tensor_parallel_size: Count | None = None
    moe_expert_parallel_size: Count | None = None
    moe_cluster_parallel_size: Count | None = None
    gpus_per_node: Count | None = None
    enable_attention_dp: bool = False
    max_batch_size: Count = 2048
    max_input_len: Count = 1024
    max_seq_len: Count | None = None
    max_num_tokens: Count = 8192
    max_beam_width: Count = 1
    enable_chunked_prefill: bool = False
    stream_interval: Count = 1
    kv_cache_config: KvCacheConfig | None = None
    cuda_graph_config: CudaGraphConfig | None = None
    scheduler_config: SchedulerConfig | None = None
    lora_config: LoraConfig | None = None
    peft_cache_config: PeftCacheConfig | None = None
    moe_config: MoeConfig | None = None
    speculative_config: SpeculativeConfig | None = None
    torch_compile_config: TorchCompileConfig | None = None
    guided_decoding_backend: Literal["xgrammar", "llguidance"] | None = None
    reasoning_parser: str | None = None
    num_postprocess_workers: Amount = 0
    postprocess_tokenizer_dir: str | None = None
    gather_generation_logits: bool = False
    attn_backend: Literal["TRTLLM", "FLASHINFER", "VANILLA"] = "TRTLLM"
    allreduce_strategy: Literal["AUTO", "NCCL", "UB", "MINLATENCY", "ONESHOT", "TWOSHOT", "LOWPRECISION", "MNNVL"] = (
        "AUTO"
    )
    disable_overlap_scheduler: bool = False
    enable_autotuner: bool = True
    enable_min_latency: bool = False
    force_dynamic_quantization: bool = False
    garbage_collection_gen0_threshold: Count = 20000
    checkpoint_format: Literal["HF"] | None = None
    iter_stats_max_iterations: Count | None = None
    request_stats_max_iterations: Count | None = None
    enable_iter_perf_stats: Literal[True]
    enable_iter_req_stats: bool = False
    return_perf_metrics: Literal[True]
    print_iter_log: bool = False


NOT_IN_YAML: Final[dict[str, str]] = {
    "model": "the model is trtllm-serve's argument, not an option",
    "enable_lora": "it is ignored where lora_config is given, which turns adapters on: state lora_config alone",
    "backend": "the PyTorch backend is the default, and the only one these options are for",
    "build_config": "it belongs to the TensorRT backend",
    "batching_type": "it belongs to the TensorRT backend",
    "normalize_log_probs": "it belongs to the TensorRT backend",
    "batched_logits_processor": "it is a Python object",
    "checkpoint_loader": "it is a Python object",
    "cache_transceiver_config": "it belongs to disaggregated serving, which a keep does not use",
    "cp_config": "context parallelism is not offered",
    "enable_mixed_sampler": "1.2 has sampler_type instead and chooses by itself",
    "enable_trtllm_sampler": "1.2 has sampler_type instead and chooses by itself",
    "kv_cache_dtype": "state kv_cache_config.dtype",
    "enable_layerwise_nvtx_marker": "it is for profiling",
    "otlp_traces_endpoint": "traces are the gateway's; an engine's would name its requests",
}
"""Options of trtllm-serve that are refused here → why."""


def _sections(model: type[Options], prefix: str = "") -> Iterator[tuple[str, type[Options]]]:
    for name, field in model.model_fields.items():
        for part in get_args(field.annotation):
            if isinstance(part, type) and issubclass(part, Options):
                yield prefix + name, part
                yield from _sections(part, f"{prefix}{name}.")


SECTIONS: Final[dict[str, type[Options]]] = dict(_sections(TrtllmOptions))
"""Path of each option that has options of its own → their model."""


def option_paths(name: str) -> list[str]:
    """Paths of the options with that name: `["max_batch_size", "cuda_graph_config.max_batch_size"]`."""
    top = [name] if name in TrtllmOptions.model_fields else []
    return [*top, *(f"{section}.{name}" for section, model in SECTIONS.items() if name in model.model_fields)]


def as_yaml(options: TrtllmOptions) -> str:
    """The YAML, with what was set and nothing that was left at its default."""
    return yaml.safe_dump(stated_options(options), sort_keys=False, default_flow_style=False, width=120)


def stated_options(options: TrtllmOptions) -> dict[str, Any]:
    """Returns the options that were set, as plain values."""
    return options.model_dump(mode="json", exclude_unset=True, exclude_none=True)
