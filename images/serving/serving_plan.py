"""Everything that running one model needs: command, files, environment, GPUs, and how to watch it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from images import catalog
from images.serving.checking import check_trtllm
from images.serving.facts import ModelFacts
from images.serving.faults import ServingError
from images.serving.limits import limits_of
from images.serving.memory import MemoryFit, MemoryNeed, memory_fit, memory_need
from images.serving.options import as_yaml
from images.serving.roles import PORT, trtllm_arguments, trtllm_options
from images.serving.shapes import Engine, Role
from images.serving.suitability import unsuitable
from images.serving.vllm import check_vllm, vllm_arguments

MODELS_FOLDER: Final = "/var/cache/codekeep/models"
ADAPTERS_FOLDER: Final = "/var/cache/codekeep/adapters"
CONFIG_FOLDER: Final = "/etc/codekeep/serving"
CONFIG_FILE: Final = "engine.yaml"
_SHARED_MEMORY_GIB: Final = 2  # of /dev/shm for each GPU: workers pass tensors through it

_ROUTES: Final[Mapping[Role, str]] = {
    "chat": "/v1/chat/completions",
    "autocomplete": "/v1/completions",
    "embed": "/v1/embeddings",
    "rerank": "/v1/rerank",
}


@dataclass(frozen=True, kw_only=True)
class EngineMetrics:
    """Where an engine's Prometheus metrics are, and their names. Scale on `waiting` and `cache_use` (0 to 1)."""

    path: str
    waiting: str
    running: str
    cache_use: str
    time_to_first: str  # histogram of seconds to the first token


METRICS: Final[Mapping[Engine, EngineMetrics]] = {
    "tensorrt-llm": EngineMetrics(
        path="/prometheus/metrics",
        waiting="trtllm_num_requests_waiting",
        running="trtllm_num_requests_running",
        cache_use="trtllm_kv_cache_utilization",
        time_to_first="trtllm_time_to_first_token_seconds",
    ),
    "vllm": EngineMetrics(
        path="/metrics",
        waiting="vllm:num_requests_waiting",
        running="vllm:num_requests_running",
        cache_use="vllm:kv_cache_usage_perc",
        time_to_first="vllm:time_to_first_token_seconds",
    ),
}


@dataclass(frozen=True, kw_only=True)
class ServingPlan:
    """One model endpoint.

    `files` are to be mounted under `config_folder`; the checkpoint is to lie in `model_path`, whose last part is the
    model's name. `route` is the one path a gateway may ask for; `health_path` and `metrics.path` are for probes and
    scaling.
    """

    role: Role
    engine: Engine
    image: str  # of images/catalog.py
    image_variant: str  # "" or "vllm": the build of that image
    model_name: str
    revision: str
    model_path: str
    adapters_path: str | None  # the folder that adapters are to lie in, each in its own; None without adapters
    command: tuple[str, ...]
    args: tuple[str, ...]
    files: Mapping[str, str]
    env: Mapping[str, str]
    config_folder: str
    port: int
    health_path: str
    route: str
    metrics: EngineMetrics
    prefix_reuse: Literal["salted", "off"]  # salted: every request must carry its access group's cache_salt
    gpus: int
    shared_memory_gib: int
    max_batch_size: int
    need: MemoryNeed
    fit: MemoryFit | None  # None where the GPU is not known


def plan(facts: ModelFacts) -> ServingPlan:
    """How to serve a model.

    Raises:
        ServingError: with every reason why it cannot be served as the facts ask; where it does not fit its GPU, with
            the arithmetic line by line and the largest concurrency and context that do.
    """
    if faults := unsuitable(facts):
        raise ServingError(faults)
    path = model_path(facts)
    engine = facts.serves_with
    args, files = _trtllm(facts, path) if engine == "tensorrt-llm" else _vllm(facts, path)
    image = _image(facts.role, engine)
    return ServingPlan(
        role=facts.role,
        engine=engine,
        image=image.name,
        image_variant=image.variant,
        model_name=facts.name,
        revision=facts.revision,
        model_path=path,
        adapters_path=None if facts.adapters is None else ADAPTERS_FOLDER,
        command=("trtllm-serve",) if engine == "tensorrt-llm" else ("vllm",),
        args=args,
        files=files,
        env={**dict(image.environment), **_adapter_environment(facts)},
        config_folder=CONFIG_FOLDER,
        port=PORT,
        health_path="/health",
        route=_ROUTES[facts.role],
        metrics=METRICS[engine],
        prefix_reuse="salted" if facts.role == "chat" else "off",
        gpus=facts.gpus,
        shared_memory_gib=_SHARED_MEMORY_GIB * facts.gpus,
        max_batch_size=limits_of(facts).max_batch_size,
        need=memory_need(facts),
        fit=None if facts.gpu_memory_gib is None else memory_fit(facts, facts.gpu_memory_gib),
    )


def model_path(facts: ModelFacts) -> str:
    """The checkpoint's folder; trtllm-serve names the model after its last part."""
    return f"{MODELS_FOLDER}/{facts.revision}/{facts.name.rsplit('/', maxsplit=1)[1]}"


def _trtllm(facts: ModelFacts, path: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """What is written is read again and checked: the plan holds nothing that check_trtllm refuses."""
    args = trtllm_arguments(facts, path, f"{CONFIG_FOLDER}/{CONFIG_FILE}")
    written = as_yaml(trtllm_options(facts))
    check_trtllm(written, args, facts.engine_release)
    return args, {CONFIG_FILE: written}


def _vllm(facts: ModelFacts, path: str) -> tuple[tuple[str, ...], dict[str, str]]:
    args = vllm_arguments(facts, path)
    check_vllm(args, facts.engine_release)
    return args, {}


def _adapter_environment(facts: ModelFacts) -> dict[str, str]:
    """vLLM looks in the folder for an adapter of the request's model name; TensorRT-LLM gets its path with the request.

    Source: docs.vllm.ai, "LoRA Resolver Plugins". The variable that allows it also opens /v1/load_lora_adapter, which
    only pods that may reach the endpoint at all can ask for: the gateway forwards `route` alone.
    """
    if facts.adapters is None or facts.serves_with != "vllm":
        return {}
    return {
        "VLLM_PLUGINS": "lora_filesystem_resolver",
        "VLLM_LORA_RESOLVER_CACHE_DIR": ADAPTERS_FOLDER,
        "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "1",
    }


def _image(role: Role, engine: Engine) -> catalog.Image:
    name = catalog.AUTOCOMPLETE.name if role == "autocomplete" else catalog.COPILOT.name
    return catalog.find(name, "vllm" if engine == "vllm" else "")
