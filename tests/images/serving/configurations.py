"""Serving configurations, right and wrong, with the problem that each must have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from images.serving import Adapters, ModelFacts, Release, check_trtllm, check_vllm, plan

COMMIT = "0396a76181e127dfc13e5c5ec48a8cee09938b02"
MODEL = f"/var/cache/codekeep/models/{COMMIT}/Qwen2.5-Coder-7B"
TRTLLM_1_2, VLLM_0_28 = Release(1, 2), Release(0, 28)
L4, A10G, L40S, H100 = 22.3, 22.3, 44.7, 80.0  # GiB of one GPU


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """`field` is None where it is right; else the field that the problem names. `words` are in the message."""

    name: str
    judge: Callable[[], object]
    field: str | None = None
    words: tuple[str, ...] = ()


YAML: dict[str, Any] = {
    "revision": COMMIT,
    "max_batch_size": 8,
    "max_num_tokens": 8192,
    "max_seq_len": 8192,
    "max_input_len": 8191,
    "kv_cache_config": {"enable_block_reuse": False, "free_gpu_memory_fraction": 0.9},
    "cuda_graph_config": {"batch_sizes": [1, 2, 4, 8], "enable_padding": True},
    "enable_iter_perf_stats": True,
    "return_perf_metrics": True,
}
ARGUMENTS = (MODEL, "--host", "0.0.0.0", "--port", "8000", "--config", "/etc/codekeep/serving/engine.yaml")  # noqa: S104


def trtllm(
    name: str,
    field: str | None = None,
    *words: str,
    put: Mapping[str, Any] | None = None,
    without: tuple[str, ...] = (),
    args: tuple[str, ...] = ARGUMENTS,
    release: Release = TRTLLM_1_2,
) -> Configuration:
    """The right configuration with keys added or left out."""
    document = {key: value for key, value in {**YAML, **(put or {})}.items() if key not in without}
    return Configuration(
        name=f"trtllm: {name}", judge=lambda: check_trtllm(document, args, release), field=field, words=words
    )


VLLM = (
    *("serve", MODEL, "--host", "0.0.0.0", "--port", "8000", "--revision", COMMIT),  # noqa: S104
    *("--max-model-len", "8192", "--max-num-seqs", "8", "--max-num-batched-tokens", "8192"),
    "--no-enable-log-requests",
)
VLLM_SHORT = tuple(
    word
    for index, word in enumerate(VLLM)
    if index not in (VLLM.index("--max-model-len"), VLLM.index("--max-model-len") + 1)
)


def vllm(
    name: str,
    field: str | None = None,
    *words: str,
    args: tuple[str, ...],
    without: str = "",
    base: tuple[str, ...] = VLLM,
    release: Release = VLLM_0_28,
) -> Configuration:
    kept = tuple(word for word in base if word != without)
    return Configuration(
        name=f"vllm: {name}", judge=lambda: check_vllm((*kept, *args), release), field=field, words=words
    )


CODER_7B = ModelFacts(
    role="autocomplete",
    name="Qwen/Qwen2.5-Coder-7B",
    revision=COMMIT,
    parameters_billions=7.6,
    context_tokens=8192,
    gpu_memory_gib=L40S,
)
CODER_32B = replace(
    CODER_7B,
    role="chat",
    name="Qwen/Qwen2.5-Coder-32B-Instruct",
    parameters_billions=32.8,
    context_tokens=32768,
    quantization="fp8",
    tensor_parallel=2,
)
BGE_M3 = replace(CODER_7B, role="embed", name="BAAI/bge-m3", parameters_billions=0.57)
LLAMA_70B = replace(
    CODER_32B,
    name="meta-llama/Llama-3.1-70B-Instruct",
    parameters_billions=70.6,
    context_tokens=16384,
    tensor_parallel=4,
)
DEEPSEEK = replace(
    CODER_7B,
    role="chat",
    name="deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct",
    parameters_billions=15.7,
    context_tokens=65536,
    engine="vllm",
)


def fit(name: str, facts: ModelFacts, field: str | None = None, *words: str) -> Configuration:
    return Configuration(name=f"plan: {name}", judge=lambda: plan(facts), field=field, words=words)


OPTIONS = (
    trtllm("autocomplete"),
    trtllm("every flag that belongs on the command line", args=(*ARGUMENTS, "--log_level", "error")),
    trtllm("no telemetry, on a release that has the flag", args=(*ARGUMENTS, "--no-telemetry"), release=Release(1, 3)),
    trtllm(
        "adapters",
        put={"lora_config": {"lora_target_modules": ["attn_q", "attn_v"], "max_lora_rank": 16, "max_loras": 4}},
    ),
    trtllm("drafts by n-gram", put={"speculative_config": {"decoding_type": "NGram", "max_draft_len": 4}}),
    trtllm(
        "block reuse at top level",
        "enable_block_reuse",
        "move it to kv_cache_config.enable_block_reuse",
        put={"enable_block_reuse": True},
    ),
    trtllm(
        "context inside the cache's section",
        "kv_cache_config.max_seq_len",
        "move it to max_seq_len",
        put={"kv_cache_config": {"max_seq_len": 8192}},
    ),
    trtllm("misspelt option", "max_batchsize", "did you mean max_batch_size?", put={"max_batchsize": 8}),
    trtllm("vLLM's name", "max_model_len", "write max_seq_len", put={"max_model_len": 8192}),
    trtllm("a flag in the YAML", "host", "flag --host", put={"host": "localhost"}),
    trtllm(
        "stated twice",
        "--max_batch_size",
        "max_batch_size in the YAML",
        args=(*ARGUMENTS, "--max_batch_size", "8"),
    ),
    trtllm(
        "stated twice under the flag's other name",
        "--tp_size",
        "tensor_parallel_size in the YAML",
        args=(*ARGUMENTS, "--tp_size=2"),
    ),
    trtllm("an unknown flag", "--max_batch", "did you mean --max_batch_size?", args=(*ARGUMENTS, "--max_batch", "8")),
    trtllm("on localhost", "--host", "write --host 0.0.0.0", args=(MODEL, "--config", "engine.yaml")),
    trtllm("code of the model's repository", "trust_remote_code", "False", put={"trust_remote_code": True}),
    trtllm("code of the model's repository, by flag", "--trust_remote_code", args=(*ARGUMENTS, "--trust_remote_code")),
    trtllm("a branch instead of a commit", "revision", put={"revision": "main"}),
    trtllm("no revision", "revision", "state revision", without=("revision",)),
    trtllm("metrics off", "return_perf_metrics", put={"return_perf_metrics": False}),
    trtllm("metrics not stated", "enable_iter_perf_stats", without=("enable_iter_perf_stats",)),
    trtllm("a log that names requests", "--log_level", "error, warning", args=(*ARGUMENTS, "--log_level", "debug")),
    trtllm("traces", "otlp_traces_endpoint", "gateway's", put={"otlp_traces_endpoint": "http://x:4317"}),
    trtllm("telemetry flag on 1.2", "--no-telemetry", "releases from 1.3", args=(*ARGUMENTS, "--no-telemetry")),
    trtllm("adapters switched on twice", "enable_lora", "lora_config alone", put={"enable_lora": True}),
    trtllm("text for a number", "max_batch_size", put={"max_batch_size": "8"}),
    trtllm(
        "a share above one",
        "kv_cache_config.free_gpu_memory_fraction",
        put={"kv_cache_config": {"free_gpu_memory_fraction": 1.5}},
    ),
    trtllm(
        "prompts longer than a pass, unchunked",
        "enable_chunked_prefill",
        "8191 tokens and 2048 a pass",
        put={"max_num_tokens": 2048},
    ),
    trtllm(
        "a graph that never runs",
        "cuda_graph_config.batch_sizes",
        "16, more than max_batch_size (8)",
        put={"cuda_graph_config": {"batch_sizes": [1, 16]}},
    ),
    trtllm("the embeddings server on 1.2", "embeddings", "on 1.2", args=("embeddings", *ARGUMENTS)),
    Configuration(
        name="trtllm: a key twice in the YAML",
        judge=lambda: check_trtllm(f"revision: {COMMIT}\nmax_batch_size: 8\nmax_batch_size: 9\n", ARGUMENTS),
        field="YAML",
        words=("max_batch_size is stated a second time",),
    ),
    Configuration(name="trtllm: an empty YAML", judge=lambda: check_trtllm("", ARGUMENTS), field="YAML"),
    vllm("as it should be", args=("--enable-prefix-caching",)),
    vllm(
        "an older release's quiet flag",
        args=("--disable-log-requests",),
        without="--no-enable-log-requests",
        release=Release(0, 10),
    ),
    vllm("prompts in the log", "--enable-log-requests", "prompts to the log", args=("--enable-log-requests",)),
    vllm("no flag about the log", "--no-enable-log-requests", args=(), without="--no-enable-log-requests"),
    vllm(
        "TensorRT-LLM's spelling", "--max_model_len", "did you mean --max-model-len?", args=("--max_model_len", "4096")
    ),
    vllm("code of the model's repository", "--trust-remote-code", args=("--trust-remote-code",)),
    vllm("memory above the whole", "--gpu-memory-utilization", args=("--gpu-memory-utilization", "1.2")),
    vllm(
        "a long context in one small pass", "--max-num-batched-tokens", args=("--max-model-len=16384",), base=VLLM_SHORT
    ),
)

FITS = (
    fit("7B in 16 bits on an A10G, six requests", replace(CODER_7B, gpu_memory_gib=A10G, concurrency=6)),
    fit("32B in fp8 over two L40S", CODER_32B),
    fit("32B with adapters", replace(CODER_32B, adapters=Adapters(max_rank=32, max_adapters=8))),
    fit("70B in fp8 over four L40S", LLAMA_70B),
    fit(
        "70B in 16 bits over eight H100",
        replace(LLAMA_70B, quantization="none", tensor_parallel=8, gpu_memory_gib=H100),
    ),
    fit("latent attention: 65,536 tokens, small cache", replace(DEEPSEEK, gpu_memory_gib=L40S)),
    fit("an encoder on an L4", replace(BGE_M3, gpu_memory_gib=L4)),
    fit("7B on vLLM", replace(CODER_7B, engine="vllm")),
    fit(
        "32B in 16 bits on one L40S",
        replace(CODER_32B, quantization="none", tensor_parallel=1),
        "parameters_billions",
        "weights        61.09 GiB",
        "more than 40.23 GiB (0.9 x 44.7 GiB)",
    ),
    fit(
        "7B in 16 bits on an A10G, eight requests",
        replace(CODER_7B, gpu_memory_gib=A10G),
        "context_tokens",
        "KV cache        3.50 GiB",
        "6 requests of 8192 tokens",
    ),
    fit(
        "32B with 16 long requests",
        replace(CODER_32B, concurrency=16),
        "context_tokens",
        "x 32768 tokens x 16 requests",
        "10 requests of 32768 tokens",
    ),
    fit(
        "old-style attention: 32 KV heads",
        replace(CODER_7B, name="codellama/CodeLlama-7b-hf", parameters_billions=6.74, context_tokens=16384),
        "context_tokens",
        "32 KV heads",
    ),
    fit("70B in fp8 over two L40S", replace(LLAMA_70B, tensor_parallel=2), "context_tokens"),
    fit("a context beyond the model's", replace(CODER_32B, context_tokens=65536), "context_tokens", "32768 positions"),
    fit("seven heads a GPU do not go over eight", replace(CODER_7B, tensor_parallel=8), "tensor_parallel", "1, 2, 4"),
    fit(
        "an unknown model",
        replace(CODER_7B, name="own/model"),
        "architecture",
        "num_hidden_layers",
        "state architecture",
    ),
    fit("an embedding model that chats", replace(BGE_M3, role="chat"), "role", "embed"),
    fit(
        "re-ranking by TensorRT-LLM",
        replace(BGE_M3, role="rerank", name="BAAI/bge-reranker-v2-m3", engine="tensorrt-llm"),
        "engine",
        "no re-ranking route",
    ),
    fit(
        "StarCoder2 on TensorRT-LLM",
        replace(CODER_7B, name="bigcode/starcoder2-7b", parameters_billions=7.2),
        "engine",
        "set engine to vllm",
    ),
    fit("int8 weights on TensorRT-LLM", replace(CODER_7B, quantization="int8"), "quantization", "vllm"),
    fit("another model's parameters", replace(CODER_7B, parameters_billions=14.0), "parameters_billions", "7.62"),
    fit("vectors of another length", replace(BGE_M3, dimension=768), "dimension", "1024"),
    fit("adapters on an encoder", replace(BGE_M3, adapters=Adapters(max_rank=8, max_adapters=1)), "lora"),
)

CONFIGURATIONS = (*OPTIONS, *FITS)
