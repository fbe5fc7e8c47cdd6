"""The plan for each role: the pod's command and options, and options that are never set."""

import dataclasses

import pytest
import yaml

from images import catalog
from images.serving import (
    ENGINE_METRICS,
    Adapters,
    ModelFacts,
    Release,
    ServingError,
    ServingPlan,
    check_trtllm,
    check_vllm,
    plan,
)

REVISION = "381fc969f78efac66bc87ff7ddeadb7e73c218a7"
CHAT = ModelFacts(
    role="chat",
    name="Qwen/Qwen2.5-Coder-32B-Instruct",
    revision=REVISION,
    parameters_billions=32.8,
    context_tokens=32768,
    quantization="fp8",
    tensor_parallel=2,
    adapters=Adapters(max_rank=16, max_adapters=4),
    gpu_memory_gib=44.7,
    latency_target_ms=1500,
)
AUTOCOMPLETE = ModelFacts(
    role="autocomplete",
    name="Qwen/Qwen2.5-Coder-7B",
    revision=REVISION,
    parameters_billions=7.6,
    context_tokens=8192,
    quantization="fp8",
    gpu_memory_gib=44.7,
)
EMBED = ModelFacts(
    role="embed",
    name="BAAI/bge-m3",
    revision=REVISION,
    parameters_billions=0.57,
    context_tokens=8192,
    gpu_memory_gib=44.7,
    dimension=1024,
)
RERANK = dataclasses.replace(EMBED, role="rerank", name="BAAI/bge-reranker-v2-m3", dimension=None)
EVERY_ROLE = (CHAT, AUTOCOMPLETE, EMBED, RERANK)
EVERYTHING = (*EVERY_ROLE, *(dataclasses.replace(facts, engine="vllm") for facts in (CHAT, AUTOCOMPLETE)))


def options(served: ServingPlan) -> dict[str, object]:
    document = yaml.safe_load(served.files["engine.yaml"])
    assert isinstance(document, dict)
    return document


def test_chat_has_prefix_reuse_large_batches_and_adapters() -> None:
    served = plan(CHAT)
    assert served.command == ("trtllm-serve",)
    assert served.prefix_reuse == "salted"
    written = options(served)
    assert written["kv_cache_config"] == {
        "enable_block_reuse": True,
        "free_gpu_memory_fraction": 0.9,
        "dtype": "fp8",
    }
    assert written["max_batch_size"] == 16
    assert written["enable_chunked_prefill"] is True
    assert written["lora_config"] == {
        "lora_target_modules": ["attn_q", "attn_k", "attn_v"],
        "max_lora_rank": 16,
        "max_loras": 4,
        "max_cpu_loras": 16,
    }
    assert served.gpus == written["tensor_parallel_size"] == 2


def test_a_tighter_latency_target_gives_smaller_chunks_of_a_prompt() -> None:
    chunks = [
        options(plan(dataclasses.replace(CHAT, latency_target_ms=ms)))["max_num_tokens"] for ms in (2000, 1000, 300)
    ]
    assert chunks == [8192, 4096, 2048]


def test_autocomplete_has_small_batches_and_no_reuse() -> None:
    served = plan(AUTOCOMPLETE)
    written = options(served)
    assert served.prefix_reuse == "off"
    assert written["kv_cache_config"]["enable_block_reuse"] is False  # type: ignore[index]
    assert written["max_batch_size"] == served.max_batch_size == 8
    assert "lora_config" not in written


def test_embed_and_rerank_run_on_vllm_by_default() -> None:
    for facts, route in ((EMBED, "/v1/embeddings"), (RERANK, "/v1/rerank")):
        served = plan(facts)
        assert (served.command, served.engine, served.route) == (("vllm",), "vllm", route)
        assert served.args[served.args.index("--runner") + 1] == "pooling"
        assert "--no-enable-prefix-caching" in served.args
        assert served.files == {}


def test_embed_runs_on_the_release_of_tensorrt_llm_that_has_the_server() -> None:
    facts = dataclasses.replace(
        EMBED, name="Qwen/Qwen3-Embedding-0.6B", parameters_billions=0.6, engine="tensorrt-llm", release=Release(1, 3)
    )
    served = plan(facts)
    assert served.args[0] == "embeddings"
    assert "--no-telemetry" in served.args
    assert "kv_cache_config" not in options(served)
    with pytest.raises(ServingError, match="trtllm-serve embeddings"):
        plan(dataclasses.replace(facts, release=None))


@pytest.mark.parametrize("facts", EVERYTHING, ids=lambda facts: f"{facts.role}-{facts.engine or 'default'}")
def test_every_plan_is_bounded_pinned_monitored_and_logs_no_content(facts: ModelFacts) -> None:
    served = plan(facts)
    assert served.args[served.args.index("--host") + 1] == "0.0.0.0"  # noqa: S104
    assert served.model_path == f"/var/cache/codekeep/models/{REVISION}/{facts.name.split('/')[1]}"
    assert served.model_path in served.args
    assert catalog.find_image(served.image, served.image_variant).entrypoint[0] == served.command[0]
    assert facts.role in catalog.find_image(served.image, served.image_variant).roles
    assert served.env["HF_HUB_OFFLINE"] == served.env["DO_NOT_TRACK"] == "1"
    assert served.metrics == ENGINE_METRICS[served.engine]
    assert served.metrics.path.endswith("/metrics")
    assert served.fit is not None
    assert served.fit.fits
    if served.engine == "tensorrt-llm":
        written = options(served)
        assert written["revision"] == REVISION
        assert written["trust_remote_code"] is False
        assert served.metrics.needs == "return_perf_metrics"
        assert written["return_perf_metrics"] is written["enable_iter_perf_stats"] is True
        assert written["print_iter_log"] is False
        assert "--no-telemetry" not in served.args  # 1.2 does not know it
        check_trtllm(written, served.args)
    else:
        assert served.args[served.args.index("--revision") + 1] == REVISION
        assert "--no-enable-log-requests" in served.args
        check_vllm(served.args)
    switched_on = {word.lstrip("-").replace("-", "_") for word in served.args} | set(served.files)
    assert not switched_on & {"trust_remote_code", "enable_log_requests", "enable_log_outputs", "otlp_traces_endpoint"}


@pytest.mark.parametrize("facts", [CHAT, AUTOCOMPLETE], ids=lambda facts: facts.role)
def test_no_option_is_both_flag_and_file_entry(facts: ModelFacts) -> None:
    served = plan(facts)
    flags = {word.removeprefix("--") for word in served.args if word.startswith("--")}
    written = options(served)
    assert written
    assert flags == {"host", "port", "log_level", "config"}
    assert not flags & set(written)


def test_without_a_gpu_the_need_is_known_and_the_fit_is_not() -> None:
    served = plan(dataclasses.replace(CHAT, gpu_memory_gib=None))
    assert served.fit is None
    assert served.need.total_gib == pytest.approx(27.7, abs=0.1)


def test_both_engines_have_the_same_limits() -> None:
    written = options(plan(CHAT))
    args = plan(dataclasses.replace(CHAT, engine="vllm")).args
    for option, flag in (
        ("max_seq_len", "--max-model-len"),
        ("max_batch_size", "--max-num-seqs"),
        ("max_num_tokens", "--max-num-batched-tokens"),
        ("tensor_parallel_size", "--tensor-parallel-size"),
    ):
        assert args[args.index(flag) + 1] == str(written[option])
    assert "--enable-lora" in args


def test_adapters_are_in_a_folder_that_either_engine_reads() -> None:
    assert plan(AUTOCOMPLETE).adapters_path is None
    assert plan(CHAT).adapters_path == "/var/cache/codekeep/adapters"
    assert not any(name.startswith("VLLM") for name in plan(CHAT).env)
    env = plan(dataclasses.replace(CHAT, engine="vllm")).env
    assert env["VLLM_LORA_RESOLVER_CACHE_DIR"] == "/var/cache/codekeep/adapters"


@pytest.mark.parametrize(
    ("facts", "hint"),
    [
        (dataclasses.replace(CHAT, quantization="none", tensor_parallel=1), "raise tensor_parallel (4 fits)"),
        (dataclasses.replace(CHAT, concurrency=16), "raise tensor_parallel (4 fits)"),
        (dataclasses.replace(CHAT, quantization="none", gpu_memory_gib=8.0), "raise tensor_parallel or pipeline"),
    ],
)
def test_a_refusal_suggests_how_many_gpus_suffice(facts: ModelFacts, hint: str) -> None:
    with pytest.raises(ServingError) as refused:
        plan(facts)
    assert hint in refused.value.problems[0].remedy
