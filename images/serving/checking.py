"""Everything wrong with a trtllm-serve configuration: its YAML, its command line, and the two together."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from pydantic import ValidationError

from images.serving.command_line import ON_COMMAND_LINE, command_line_faults
from images.serving.facts import SHIPPED, Release
from images.serving.faults import ServingError, ServingFault, nearest
from images.serving.options import NOT_IN_YAML, SECTIONS, CudaGraphConfig, TrtllmOptions, places_of

DEFAULT_LARGEST_GRAPH = 128  # trtllm-serve's, where neither sizes nor a largest one are stated
ELSEWHERE: Mapping[str, str] = {
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
"""Names of vLLM's or of the command line for options that the YAML has under another."""


def check_trtllm(
    document: str | Mapping[str, Any], arguments: Sequence[str], release: Release = SHIPPED["tensorrt-llm"]
) -> TrtllmOptions:
    """The options of a YAML file's text or of its values, with the arguments that follow `trtllm-serve`.

    Raises:
        ServingError: with every fault.
    """
    faults = command_line_faults(arguments, release)
    options: TrtllmOptions | None = None
    try:
        options = TrtllmOptions.model_validate(_values(document))
    except yaml.YAMLError as error:
        faults.append(
            ServingFault(
                field="YAML", got=" ".join(str(error).split()), allowed="each option once", remedy="correct it"
            )
        )
    except ValidationError as error:
        faults += [fault for found in error.errors() for fault in _option_faults(dict(found))]
    else:
        faults += _faults_between(options)
    if faults or options is None:
        raise ServingError(faults)
    return options


class _EachKeyOnce(yaml.SafeLoader):
    """PyYAML keeps the last of two equal keys; an option that is stated twice is a fault."""


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


def _option_faults(error: Mapping[str, Any]) -> Iterator[ServingFault]:
    path = ".".join(str(part) for part in error["loc"]) or "YAML"
    name = path.rpartition(".")[2]
    if error["type"] == "extra_forbidden":
        yield _misplaced(path, name)
    elif error["type"] == "missing":
        yield ServingFault(field=path, got="nothing", allowed="a value", remedy=f"state {path}")
    else:
        yield ServingFault(
            field=path, got=repr(error["input"]), allowed=error["msg"], remedy=f"correct {path}, or leave it out"
        )


def _misplaced(path: str, name: str) -> ServingFault:
    """An unknown key: where it belongs, why it is refused, or what was likely meant."""
    if path == name and name in NOT_IN_YAML:
        return ServingFault(field=path, got="in the YAML", allowed="not used here", remedy=NOT_IN_YAML[name])
    if f"--{name}" in ON_COMMAND_LINE:
        return ServingFault(
            field=path, got="in the YAML", allowed="on the command line", remedy=f"write it as the flag --{name}"
        )
    if places := places_of(name):
        return ServingFault(field=path, got="misplaced", allowed=" or ".join(places), remedy=f"move it to {places[0]}")
    if name in ELSEWHERE:
        wanted = ELSEWHERE[name]
        return ServingFault(field=path, got="another name", allowed=wanted, remedy=f"write {wanted}")
    section = SECTIONS.get(path.rpartition(".")[0], TrtllmOptions)
    near = nearest(name, section.model_fields)
    return ServingFault(
        field=path,
        got="an unknown option",
        allowed="the options of trtllm-serve",
        remedy=f"did you mean {near}?" if near else "remove it",
    )


def _faults_between(options: TrtllmOptions) -> Iterator[ServingFault]:
    """What must hold between options."""
    if options.max_batch_size > options.max_num_tokens:
        yield ServingFault(
            field="max_batch_size",
            got=f"{options.max_batch_size}, more than max_num_tokens ({options.max_num_tokens})",
            allowed=f"at most {options.max_num_tokens}: each running request takes a token a pass",
            remedy="lower max_batch_size or raise max_num_tokens",
        )
    if options.max_seq_len is not None and options.max_input_len > options.max_seq_len:
        yield ServingFault(
            field="max_input_len",
            got=f"{options.max_input_len}, more than max_seq_len ({options.max_seq_len})",
            allowed=f"at most {options.max_seq_len}",
            remedy="lower max_input_len",
        )
    if options.max_input_len > options.max_num_tokens and not options.enable_chunked_prefill:
        yield ServingFault(
            field="enable_chunked_prefill",
            got=f"false with prompts of {options.max_input_len} tokens and {options.max_num_tokens} a pass",
            allowed="true, where a prompt may be longer than a pass",
            remedy="set enable_chunked_prefill, or raise max_num_tokens",
        )
    if options.cuda_graph_config is not None:
        yield from _graph_faults(options.cuda_graph_config, options.max_batch_size)


def _graph_faults(graphs: CudaGraphConfig, max_batch_size: int) -> Iterator[ServingFault]:
    largest = max(graphs.batch_sizes) if graphs.batch_sizes else graphs.max_batch_size or DEFAULT_LARGEST_GRAPH
    if graphs.batch_sizes and graphs.max_batch_size not in (0, largest):
        yield ServingFault(
            field="cuda_graph_config.max_batch_size",
            got=f"{graphs.max_batch_size} beside batch_sizes up to {largest}",
            allowed="either of the two",
            remedy="state batch_sizes alone",
        )
    if largest > max_batch_size:
        yield ServingFault(
            field="cuda_graph_config.batch_sizes",
            got=f"{largest}, more than max_batch_size ({max_batch_size})",
            allowed=f"sizes up to {max_batch_size}",
            remedy="leave out what never runs: each graph holds GPU memory",
        )
