"""vLLM as the other engine: its command line, typed, and what is wrong with one.

Source: docs.vllm.ai, `vllm serve` and engine arguments. It reads all from the command line; there is no YAML.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from images.serving.command_line import HOST, CommandLine, parse
from images.serving.facts import SHIPPED, ModelFacts, Release
from images.serving.faults import ServingError, ServingFault, nearest
from images.serving.limits import limits_of
from images.serving.memory import USABLE_SHARE
from images.serving.roles import PORT
from images.serving.shapes import GENERATE

NO_LOG_REQUESTS_FROM: Final = Release(0, 11)  # --no-enable-log-requests; before, --disable-log-requests
_ROUTE_OF_RUNNER: Final = ("generate", "pooling")


def vllm_arguments(facts: ModelFacts, model_path: str) -> tuple[str, ...]:
    """What follows `vllm`: the same limits as TensorRT-LLM's YAML states."""
    limits = limits_of(facts)
    return (
        *("serve", model_path, "--host", HOST, "--port", str(PORT)),
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
    """The flag by which that release writes no prompt to its log."""
    return "--no-enable-log-requests" if release >= NO_LOG_REQUESTS_FROM else "--disable-log-requests"


def check_vllm(arguments: Sequence[str], release: Release = SHIPPED["vllm"]) -> CommandLine:
    """The command line that follows `vllm`.

    Raises:
        ServingError: with every fault.
    """
    line, faults = parse(arguments)
    if not line.model:
        faults.append(_fault("MODEL", "no model", "a folder that holds the checkpoint", "name the model first"))
    for flag, value in line.flags.items():
        faults += _flag_faults(flag, value)
    faults += _needed(line.flags, release)
    if faults:
        raise ServingError(faults)
    return line


def _adapters(facts: ModelFacts) -> tuple[str, ...]:
    if facts.adapters is None:
        return ()
    count, rank = facts.adapters.max_adapters, facts.adapters.max_rank
    return (
        *("--enable-lora", "--max-loras", str(count), "--max-lora-rank", str(rank)),
        *("--max-cpu-loras", str(4 * count)),
    )


def _whole(value: str) -> bool:
    return value.isdecimal() and int(value) > 0


def _share(value: str) -> bool:
    try:
        return 0 < float(value) <= 1
    except ValueError:
        return False


def _commit(value: str) -> bool:
    return len(value) == 40 and set(value) <= set("0123456789abcdef")


def _one_of(*allowed: str) -> Callable[[str], bool]:
    return lambda value: value in allowed


def _anything(value: str) -> bool:
    return bool(value)


_WITH_VALUE: Final[Mapping[str, tuple[Callable[[str], bool], str]]] = {
    "--host": (_one_of(HOST), HOST),
    "--port": (_whole, "a port"),
    "--served-model-name": (_anything, "the model's name"),
    "--revision": (_commit, "a full commit, 40 hexadecimal digits"),
    "--tokenizer-revision": (_commit, "a full commit, 40 hexadecimal digits"),
    "--runner": (_one_of(*_ROUTE_OF_RUNNER), "generate or pooling"),
    "--dtype": (_one_of("auto", "bfloat16", "float16"), "auto, bfloat16 or float16"),
    "--tensor-parallel-size": (_whole, "a whole number from 1"),
    "--pipeline-parallel-size": (_whole, "a whole number from 1"),
    "--max-model-len": (_whole, "a whole number of tokens"),
    "--max-num-seqs": (_whole, "a whole number of requests"),
    "--max-num-batched-tokens": (_whole, "a whole number of tokens"),
    "--gpu-memory-utilization": (_share, "more than 0, at most 1"),
    "--kv-cache-dtype": (_one_of("auto", "fp8"), "auto or fp8"),
    "--max-loras": (_whole, "a whole number from 1"),
    "--max-lora-rank": (_one_of("8", "16", "32", "64", "128", "256"), "8, 16, 32, 64, 128 or 256"),
    "--max-cpu-loras": (_whole, "a whole number from 1"),
    "--chat-template": (_anything, "a file's path"),
    "--tool-call-parser": (_anything, "a parser's name"),
}
_SWITCHES: Final = frozenset(
    {
        "--enable-prefix-caching",
        "--no-enable-prefix-caching",
        "--enable-chunked-prefill",
        "--enable-lora",
        "--no-enable-log-requests",
        "--disable-log-requests",
        "--disable-uvicorn-access-log",
        "--enable-auto-tool-choice",
    }
)
_REFUSED: Final[Mapping[str, str]] = {
    "--trust-remote-code": "it runs code of the model's repository",
    "--enable-log-requests": "it writes prompts to the log",
    "--enable-log-outputs": "it writes answers to the log",
    "--otlp-traces-endpoint": "an engine's traces would name its requests",
    "--allowed-local-media-path": "it lets requests read files",
    "--lora-modules": "the gateway maps a model's name to an adapter",
    "--config": "the options stand on the command line",
}


def _flag_faults(flag: str, value: str | None) -> Iterator[ServingFault]:
    if flag in _REFUSED:
        yield _fault(flag, "on the command line", "not used here", f"remove it: {_REFUSED[flag]}")
    elif flag in _SWITCHES:
        if value is not None:
            yield _fault(flag, value, "no value", "remove the value")
    elif flag in _WITH_VALUE:
        holds, allowed = _WITH_VALUE[flag]
        if value is None or not holds(value):
            yield _fault(flag, "nothing" if value is None else value, allowed, f"correct {flag}")
    else:
        yield _unknown(flag)


def _unknown(flag: str) -> ServingFault:
    known = [*_WITH_VALUE, *_SWITCHES, *_REFUSED]
    spelled = flag.replace("_", "-")
    near = spelled if spelled in known else nearest(flag, known)
    return _fault(flag, "an unknown flag", "the flags of vllm serve", f"did you mean {near}?" if near else "remove it")


def _needed(flags: Mapping[str, str | None], release: Release) -> Iterator[ServingFault]:
    for flag in ("--host", "--revision", "--max-model-len", "--max-num-batched-tokens"):
        if flag not in flags:
            yield _fault(flag, "nothing", _WITH_VALUE[flag][1], f"state {flag}")
    quiet = quiet_flag(release)
    if quiet not in flags:
        yield _fault(quiet, "nothing", f"{quiet} on {release}", "state it, so that no prompt reaches the log")
    other = "--disable-log-requests" if quiet == "--no-enable-log-requests" else "--no-enable-log-requests"
    if other in flags:
        yield _fault(other, f"the flag on {release}", quiet, f"write {quiet}")
    if "--enable-prefix-caching" in flags and "--no-enable-prefix-caching" in flags:
        yield _fault("--enable-prefix-caching", "both on and off", "one of the two", "remove one")
    pass_tokens, length = flags.get("--max-num-batched-tokens"), flags.get("--max-model-len")
    whole = pass_tokens is not None and length is not None and _whole(pass_tokens) and _whole(length)
    if whole and "--enable-chunked-prefill" not in flags and int(pass_tokens or 0) < int(length or 0):
        yield _fault(
            "--max-num-batched-tokens",
            f"{pass_tokens}, less than --max-model-len ({length})",
            f"at least {length}, or --enable-chunked-prefill",
            "raise it, or read prompts in chunks",
        )
    if "--max-loras" in flags and "--enable-lora" not in flags:
        yield _fault("--max-loras", "adapters without --enable-lora", "both", "add --enable-lora")


def _fault(field: str, got: str, allowed: str, remedy: str) -> ServingFault:
    return ServingFault(field=field, got=got, allowed=allowed, remedy=remedy)
