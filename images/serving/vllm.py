"""Makes and checks the command line of vLLM, the other engine. vLLM has no options in a YAML file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml
from codekeep_contracts.pods import MODEL_PORT

from images.serving.architectures import GENERATE
from images.serving.command_line import HOST, CommandLine, parse, refused_flag, unknown_flag
from images.serving.facts import SHIPPED, ModelFacts, Release
from images.serving.limits import limits_of
from images.serving.memory import USABLE_SHARE
from images.serving.problems import Problem, ServingError

NO_LOG_REQUESTS_FROM: Final = Release(0, 11)  # --no-enable-log-requests; before, --disable-log-requests

_FLAGS = yaml.safe_load((Path(__file__).parent / "vllm_flags.yaml").read_text("utf-8"))
_WITH_VALUE: Final[Mapping[str, tuple[str, str]]] = _FLAGS["with_value"]  # pattern of the value, what is allowed
_SWITCHES: Final[Sequence[str]] = _FLAGS["switches"]
_REFUSED: Final[Mapping[str, str]] = _FLAGS["refused"]


def vllm_arguments(facts: ModelFacts, model_path: str) -> tuple[str, ...]:
    """Arguments of `vllm`, with the same limits as in TensorRT-LLM's YAML."""
    limits = limits_of(facts)
    return (
        *("serve", model_path, "--host", HOST, "--port", str(MODEL_PORT)),
        *("--served-model-name", facts.name, "--revision", facts.revision, "--tokenizer-revision", facts.revision),
        *("--runner", "generate" if facts.role in GENERATE else "pooling"),
        *("--tensor-parallel-size", str(facts.tensor_parallel)),
        *("--pipeline-parallel-size", str(facts.pipeline_parallel)),
        *("--max-model-len", str(facts.context_tokens)),
        *("--max-num-seqs", str(limits.max_batch_size)),
        *("--max-num-batched-tokens", str(limits.max_num_tokens)),
        *("--gpu-memory-utilization", str(USABLE_SHARE), "--kv-cache-dtype", facts.cache_dtype),
        "--enable-prefix-caching" if facts.role == "chat" else "--no-enable-prefix-caching",
        *(("--enable-chunked-prefill",) if limits.chunked_prefill else ()),
        *_adapters(facts),
        quiet_flag(facts.engine_release),
        "--disable-uvicorn-access-log",
    )


def quiet_flag(release: Release) -> str:
    """The flag that keeps prompts out of that release's log."""
    return "--no-enable-log-requests" if release >= NO_LOG_REQUESTS_FROM else "--disable-log-requests"


def check_vllm(arguments: Sequence[str], release: Release = SHIPPED["vllm"]) -> CommandLine:
    """The command line that follows `vllm`.

    Raises:
        ServingError: with every problem.
    """
    line, problems = parse(arguments)
    for flag, value in line.flags.items():
        problems += _flag_problems(flag, value)
    problems += _problems_between(line.flags, release)
    if problems:
        raise ServingError(problems)
    return line


def _adapters(facts: ModelFacts) -> tuple[str, ...]:
    if facts.adapters is None:
        return ()
    count, rank = facts.adapters.max_adapters, facts.adapters.max_rank
    return (
        *("--enable-lora", "--max-loras", str(count), "--max-lora-rank", str(rank)),
        *("--max-cpu-loras", str(4 * count)),
    )


def _flag_problems(flag: str, value: str | None) -> Iterator[Problem]:
    if why := _REFUSED.get(flag):
        yield refused_flag(flag, why)
    elif flag in _SWITCHES:
        if value is not None:
            yield Problem(flag, value, "no value", "remove the value")
    elif flag in _WITH_VALUE:
        pattern, allowed = _WITH_VALUE[flag]
        if value is None or not re.fullmatch(pattern, value):
            yield Problem(flag, value or "nothing", allowed, f"correct {flag}")
    else:
        yield unknown_flag(flag, "the flags of vllm serve", [*_WITH_VALUE, *_SWITCHES, *_REFUSED])


def _problems_between(flags: Mapping[str, str | None], release: Release) -> Iterator[Problem]:
    """Flags that are missing, and flags that contradict each other."""
    for flag in ("--host", "--revision", "--max-model-len", "--max-num-batched-tokens"):
        if flag not in flags:
            yield Problem(flag, "nothing", _WITH_VALUE[flag][1], f"state {flag}")
    quiet = quiet_flag(release)
    if quiet not in flags:
        yield Problem(quiet, "nothing", f"{quiet} on {release}", "state it, so that no prompt reaches the log")
    for other in {"--disable-log-requests", "--no-enable-log-requests"} - {quiet}:
        if other in flags:
            yield Problem(other, f"the flag on {release}", quiet, f"write {quiet}")
    if "--enable-prefix-caching" in flags and "--no-enable-prefix-caching" in flags:
        yield Problem("--enable-prefix-caching", "both on and off", "one of the two", "remove one")
    if "--max-loras" in flags and "--enable-lora" not in flags:
        yield Problem("--max-loras", "adapters without --enable-lora", "both", "add --enable-lora")
    tokens_a_pass, length = flags.get("--max-num-batched-tokens") or "", flags.get("--max-model-len") or ""
    if not (tokens_a_pass.isdecimal() and length.isdecimal()) or "--enable-chunked-prefill" in flags:
        return
    if 0 < int(tokens_a_pass) < int(length):
        yield Problem(
            "--max-num-batched-tokens",
            f"{tokens_a_pass}, less than --max-model-len ({length})",
            f"at least {length}, or --enable-chunked-prefill",
            "raise it, or read prompts in chunks",
        )
