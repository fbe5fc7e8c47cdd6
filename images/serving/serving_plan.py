"""The serving plan of one model, with everything its pod needs: command, files, environment, GPUs, metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from codekeep_contracts.pods import MODEL_PORT, SCRATCH_FOLDER
from codekeep_contracts.roles import ModelRole

from images import catalog
from images.serving.architectures import Engine
from images.serving.checking import check_trtllm
from images.serving.engine_metrics import ENGINE_METRICS, EngineMetrics
from images.serving.facts import ModelFacts
from images.serving.limits import limits_of
from images.serving.memory import MemoryFit, MemoryNeed, memory_fit, memory_need
from images.serving.options import as_yaml
from images.serving.problems import ServingError
from images.serving.roles import trtllm_arguments, trtllm_options
from images.serving.suitability import suitability_problems
from images.serving.vllm import check_vllm, vllm_arguments

MODELS_FOLDER: Final = f"{SCRATCH_FOLDER}/models"
ADAPTERS_FOLDER: Final = f"{SCRATCH_FOLDER}/adapters"
CONFIG_FOLDER: Final = "/etc/codekeep/serving"
CONFIG_FILE: Final = "engine.yaml"
_SHARED_MEMORY_GIB: Final = 2  # of /dev/shm for each GPU: workers pass tensors through it

_ROUTES: Final[Mapping[ModelRole, str]] = {
    "chat": "/v1/chat/completions",
    "autocomplete": "/v1/completions",
    "embed": "/v1/embeddings",
    "rerank": "/v1/rerank",
}


@dataclass(frozen=True, kw_only=True)
class ServingPlan:
    """One model endpoint.

    `files` are mounted under `config_folder`. The checkpoint belongs in `model_path`, whose last part is the model's
    name. `route` is the only path that a gateway requests; `health_path` is for probes, `metrics.path` for Prometheus.
    """

    role: ModelRole
    engine: Engine
    image: str  # a name in images/catalog.py
    image_variant: str  # "" or "vllm": the build of that image
    model_name: str
    revision: str
    model_path: str
    adapters_path: str | None  # the folder with one folder for each adapter; None without adapters
    command: tuple[str, ...]
    args: tuple[str, ...]
    files: Mapping[str, str]
    env: Mapping[str, str]
    config_folder: str
    port: int
    health_path: str
    route: str
    metrics: EngineMetrics
    prefix_reuse: Literal["salted", "off"]  # salted: every request must have its access group's cache_salt
    gpus: int
    shared_memory_gib: int
    max_batch_size: int
    need: MemoryNeed
    fit: MemoryFit | None  # None where the GPU is not known


def plan(facts: ModelFacts) -> ServingPlan:
    """Plans how to serve a model.

    Raises:
        ServingError: with every reason why it cannot be served as specified; where it does not fit its GPU, with the
            arithmetic and the largest concurrency and context that do.
    """
    if problems := suitability_problems(facts):
        raise ServingError(problems)
    path = model_path(facts)
    engine = facts.serving_engine
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
        port=MODEL_PORT,
        health_path="/health",
        route=_ROUTES[facts.role],
        metrics=ENGINE_METRICS[engine],
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
    """Plans trtllm-serve and checks the result: no plan contains anything that check_trtllm refuses."""
    args = trtllm_arguments(facts, path, f"{CONFIG_FOLDER}/{CONFIG_FILE}")
    written = as_yaml(trtllm_options(facts))
    check_trtllm(written, args, facts.engine_release)
    return args, {CONFIG_FILE: written}


def _vllm(facts: ModelFacts, path: str) -> tuple[tuple[str, ...], dict[str, str]]:
    args = vllm_arguments(facts, path)
    check_vllm(args, facts.engine_release)
    return args, {}


def _adapter_environment(facts: ModelFacts) -> dict[str, str]:
    """vLLM looks for an adapter by the model name in the request; TensorRT-LLM gets the adapter's path in the request.

    Source: docs.vllm.ai, "LoRA Resolver Plugins". VLLM_ALLOW_RUNTIME_LORA_UPDATING also opens /v1/load_lora_adapter.
    Users cannot reach it: the gateway forwards `route` alone, and network policies close the pod to others.
    """
    if facts.adapters is None or facts.serving_engine != "vllm":
        return {}
    return {
        "VLLM_PLUGINS": "lora_filesystem_resolver",
        "VLLM_LORA_RESOLVER_CACHE_DIR": ADAPTERS_FOLDER,
        "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "1",
    }


def _image(role: ModelRole, engine: Engine) -> catalog.Image:
    name = catalog.AUTOCOMPLETE.name if role == "autocomplete" else catalog.COPILOT.name
    return catalog.find_image(name, "vllm" if engine == "vllm" else "")
