"""trtllm-serve's command line: which flags there are, and which of them stand in the YAML instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from images.serving.facts import Release
from images.serving.faults import ServingFault, nearest

HOST: Final = "0.0.0.0"  # noqa: S104 - the pod's address; a network policy says who reaches it
LOG_LEVELS: Final = ("error", "warning", "info")
TELEMETRY_FROM: Final = Release(1, 3)
EMBEDDINGS_FROM: Final = Release(1, 3)

IN_YAML: Final[Mapping[str, str]] = {
    "--tokenizer": "tokenizer",
    "--max_beam_width": "max_beam_width",
    "--max_batch_size": "max_batch_size",
    "--max_num_tokens": "max_num_tokens",
    "--max_seq_len": "max_seq_len",
    "--tensor_parallel_size": "tensor_parallel_size",
    "--tp_size": "tensor_parallel_size",
    "--pipeline_parallel_size": "pipeline_parallel_size",
    "--pp_size": "pipeline_parallel_size",
    "--context_parallel_size": "context_parallel_size",
    "--cp_size": "context_parallel_size",
    "--moe_expert_parallel_size": "moe_expert_parallel_size",
    "--ep_size": "moe_expert_parallel_size",
    "--moe_cluster_parallel_size": "moe_cluster_parallel_size",
    "--cluster_size": "moe_cluster_parallel_size",
    "--gpus_per_node": "gpus_per_node",
    "--free_gpu_memory_fraction": "kv_cache_config.free_gpu_memory_fraction",
    "--kv_cache_free_gpu_memory_fraction": "kv_cache_config.free_gpu_memory_fraction",
    "--num_postprocess_workers": "num_postprocess_workers",
    "--trust_remote_code": "trust_remote_code",
    "--revision": "revision",
    "--reasoning_parser": "reasoning_parser",
    "--enable_chunked_prefill": "enable_chunked_prefill",
}
"""Flags with a key in the YAML. Releases differ in which of the two wins, so an option stands in the YAML alone."""

ON_COMMAND_LINE: Final = frozenset({"--host", "--port", "--log_level", "--config", "--tool_parser", "--chat_template"})
REFUSED: Final[Mapping[str, str]] = {
    "--backend": "the PyTorch backend is the default",
    "--custom_tokenizer": "it runs code of the model's repository",
    "--custom_module_dirs": "it runs code that no image holds",
    "--otlp_traces_endpoint": "an engine's traces would name its requests",
    "--server_role": "it belongs to disaggregated serving",
    "--metadata_server_config_file": "it belongs to disaggregated serving",
    "--disagg_cluster_uri": "it belongs to disaggregated serving",
    "--media_io_kwargs": "the models read text",
    "--fail_fast_on_attention_window_too_large": "it belongs to the TensorRT backend",
    "--extra_llm_api_options": "it is --config's older name: write --config",
}
EMBEDDING_FLAGS: Final = frozenset({"--max_batch_size", "--max_queue_delay", "--max_queue_size"})
"""Of `trtllm-serve embeddings`, whose batcher stands in front of the engine."""


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """A parsed command line: subcommand (`serve` or `embeddings`), model, flags with their values."""

    subcommand: str
    model: str
    flags: Mapping[str, str | None]


def command_line_faults(arguments: Sequence[str], release: Release) -> list[ServingFault]:
    """Everything wrong with what follows `trtllm-serve`."""
    line, faults = parse(arguments)
    if not line.model:
        faults.append(_fault("MODEL", "no model", "a folder that holds the checkpoint", "name the model first"))
    if line.subcommand == "embeddings" and release < EMBEDDINGS_FROM:
        faults.append(
            _fault(
                "embeddings",
                f"the subcommand on {release}",
                f"releases from {EMBEDDINGS_FROM}, which have it",
                "serve the model with vLLM, or move to a newer release",
            )
        )
    for flag in line.flags:
        faults += _flag_faults(flag, line.subcommand, release)
    faults += _value_faults(line.flags)
    return faults


def parse(arguments: Sequence[str]) -> tuple[CommandLine, list[ServingFault]]:
    """The command line, and a fault for each flag given twice or word that belongs to no flag."""
    words = list(arguments)
    subcommand = words.pop(0) if words[:1] in (["serve"], ["embeddings"]) else "serve"
    model = words.pop(0) if words and not words[0].startswith("-") else ""
    flags: dict[str, str | None] = {}
    faults: list[ServingFault] = []
    while words:
        flag, _, value = words.pop(0).partition("=")
        if not flag.startswith("--"):
            faults.append(_fault(flag, "a word without a flag", "flags and their values", "remove it"))
            continue
        if flag in flags:
            faults.append(_fault(flag, "a second time", "each flag once", "remove one of the two"))
        if not value and words and not words[0].startswith("--"):
            value = words.pop(0)
        flags[flag] = value or None
    return CommandLine(subcommand=subcommand, model=model, flags=flags), faults


def _flag_faults(flag: str, subcommand: str, release: Release) -> list[ServingFault]:
    if flag in ON_COMMAND_LINE or (subcommand == "embeddings" and flag in EMBEDDING_FLAGS):
        return []
    if flag in ("--no-telemetry", "--telemetry"):
        return _telemetry_faults(flag, release)
    if flag in IN_YAML:
        place = f"{IN_YAML[flag]} in the YAML"
        return [_fault(flag, "on the command line", place, f"state {IN_YAML[flag]} there alone")]
    if flag in REFUSED:
        return [_fault(flag, "on the command line", "not used here", f"remove it: {REFUSED[flag]}")]
    near = nearest(flag, [*ON_COMMAND_LINE, *IN_YAML, *REFUSED])
    remedy = f"did you mean {near}?" if near else "remove it"
    return [_fault(flag, "an unknown flag", ", ".join(sorted(ON_COMMAND_LINE)), remedy)]


def _telemetry_faults(flag: str, release: Release) -> list[ServingFault]:
    if flag == "--telemetry":
        return [_fault(flag, "usage reports", "none", "write --no-telemetry, where the release has it")]
    if release < TELEMETRY_FROM:
        allowed = f"releases from {TELEMETRY_FROM}, which have it"
        return [_fault(flag, f"the flag on {release}", allowed, "remove the flag")]
    return []


def _value_faults(flags: Mapping[str, str | None]) -> list[ServingFault]:
    faults = []
    if flags.get("--host") != HOST:
        faults.append(
            _fault("--host", str(flags.get("--host")), HOST, f"write --host {HOST}: the default is localhost")
        )
    if "--config" not in flags:
        faults.append(_fault("--config", "nothing", "the YAML's path", "state it: the options stand there"))
    level = flags.get("--log_level", "info")
    if level not in LOG_LEVELS:
        faults.append(
            _fault("--log_level", str(level), ", ".join(LOG_LEVELS), "lower it: finer levels write requests to the log")
        )
    return faults


def _fault(field: str, got: str, allowed: str, remedy: str) -> ServingFault:
    return ServingFault(field=field, got=got, allowed=allowed, remedy=remedy)
