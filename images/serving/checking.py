"""Checks a configuration of trtllm-serve: its YAML, its command line, and the two together."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from pydantic import ValidationError

from images.serving.facts import SHIPPED, Release
from images.serving.options import NOT_IN_YAML, SECTIONS, CudaGraphConfig, TrtllmOptions, option_paths
from images.serving.problems import Problem, ServingError, did_you_mean
from images.serving.trtllm_flags import ON_COMMAND_LINE, command_line_problems

DEFAULT_LARGEST_GRAPH = 128  # trtllm-serve's, where neither sizes nor a largest one are stated
OTHER_NAMES: Mapping[str, str] = {
    "max_model_len": "max_seq_len",
    "max_num_seqs": "max_batch_size",
    "max_num_batched_tokens": "max_num_tokens",
    "gpu_memory_utilization": "kv_cache_config.free_gpu_memory_fraction",
    "enable_prefix_caching": "kv_cache_config.enable_block_reuse",
    "tp_size": "tensor_parallel_size",
    "pp_size": "pipeline_parallel_size",
    "ep_size": "moe_expert_parallel_size",
    "cluster_size": "moe_cluster_parallel_size",
    "kv_cache_free_gpu_memory_fraction": "kv_cache_config.free_gpu_memory_fraction",
}
"""A name that vLLM or the command line has for an option → its path in the YAML."""


def check_trtllm(
    document: str | Mapping[str, Any], arguments: Sequence[str], release: Release = SHIPPED["tensorrt-llm"]
) -> TrtllmOptions:
    """The options in a YAML file (its text, or its values), checked together with the arguments of `trtllm-serve`.

    Raises:
        ServingError: with every problem.
    """
    problems = command_line_problems(arguments, release)
    options: TrtllmOptions | None = None
    try:
        options = TrtllmOptions.model_validate(_values(document))
    except yaml.YAMLError as error:
        problems.append(Problem("YAML", " ".join(str(error).split()), "YAML with each option once", "correct it"))
    except ValidationError as error:
        problems += [problem for found in error.errors() for problem in _option_problems(dict(found))]
    else:
        problems += _problems_between(options)
    if problems or options is None:
        raise ServingError(problems)
    return options


class _EachKeyOnce(yaml.SafeLoader):
    """Refuses an option that is stated twice; PyYAML alone keeps the last of two equal keys."""


def _distinct_mapping(loader: _EachKeyOnce, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"{key} is stated a second time", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_EachKeyOnce.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _distinct_mapping)


def _values(document: str | Mapping[str, Any]) -> Any:
    return yaml.load(document, Loader=_EachKeyOnce) if isinstance(document, str) else document  # noqa: S506 - it is safe


def _option_problems(error: Mapping[str, Any]) -> Iterator[Problem]:
    path = ".".join(str(part) for part in error["loc"]) or "YAML"
    name = path.rpartition(".")[2]
    if error["type"] == "extra_forbidden":
        yield _misplaced(path, name)
    elif error["type"] == "missing":
        yield Problem(path, "nothing", "a value", f"state {path}")
    else:
        yield Problem(path, repr(error["input"]), error["msg"], f"correct {path}, or leave it out")


def _misplaced(path: str, name: str) -> Problem:
    """An unknown key: where it belongs, why it is refused, or what was likely meant."""
    if path == name and name in NOT_IN_YAML:
        return Problem(path, "in the YAML", "not used here", NOT_IN_YAML[name])
    if f"--{name}" in ON_COMMAND_LINE:
        return Problem(path, "in the YAML", "on the command line", f"write it as the flag --{name}")
    if places := option_paths(name):
        return Problem(path, "misplaced", " or ".join(places), f"move it to {places[0]}")
    if wanted := OTHER_NAMES.get(name):
        return Problem(path, "another name", wanted, f"write {wanted}")
    section = SECTIONS.get(path.rpartition(".")[0], TrtllmOptions)
    remedy = did_you_mean(name, section.model_fields, "remove it")
    return Problem(path, "an unknown option", "the options of trtllm-serve", remedy)


def _problems_between(options: TrtllmOptions) -> Iterator[Problem]:
    """Options that contradict each other."""
    if options.max_batch_size > options.max_num_tokens:
        yield Problem(
            "max_batch_size",
            f"{options.max_batch_size}, more than max_num_tokens ({options.max_num_tokens})",
            f"at most {options.max_num_tokens}: each running request takes a token a pass",
            "lower max_batch_size or raise max_num_tokens",
        )
    if options.max_seq_len is not None and options.max_input_len > options.max_seq_len:
        yield Problem(
            "max_input_len",
            f"{options.max_input_len}, more than max_seq_len ({options.max_seq_len})",
            f"at most {options.max_seq_len}",
            "lower max_input_len",
        )
    if options.max_input_len > options.max_num_tokens and not options.enable_chunked_prefill:
        yield Problem(
            "enable_chunked_prefill",
            f"false with prompts of {options.max_input_len} tokens and {options.max_num_tokens} a pass",
            "true, where a prompt may be longer than a pass",
            "set enable_chunked_prefill, or raise max_num_tokens",
        )
    if options.cuda_graph_config is not None:
        yield from _graph_problems(options.cuda_graph_config, options.max_batch_size)


def _graph_problems(graphs: CudaGraphConfig, max_batch_size: int) -> Iterator[Problem]:
    largest = max(graphs.batch_sizes) if graphs.batch_sizes else graphs.max_batch_size or DEFAULT_LARGEST_GRAPH
    if graphs.batch_sizes and graphs.max_batch_size not in (0, largest):
        yield Problem(
            "cuda_graph_config.max_batch_size",
            f"{graphs.max_batch_size} beside batch_sizes up to {largest}",
            "either of the two",
            "state batch_sizes alone",
        )
    if largest > max_batch_size:
        yield Problem(
            f"cuda_graph_config.{'batch_sizes' if graphs.batch_sizes else 'max_batch_size'}",
            f"{largest}, more than max_batch_size ({max_batch_size})",
            f"sizes up to {max_batch_size}",
            "leave out what never runs: each graph takes GPU memory",
        )
