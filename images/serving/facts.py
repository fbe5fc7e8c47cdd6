"""Input of a serving plan: a model of the spec, and the GPU it runs on."""

import re
from dataclasses import dataclass
from typing import Final, Literal, Self

from codekeep_contracts.roles import ModelRole

from images import matrix
from images.serving.architectures import GENERATE, Architecture, Engine, architecture_of

Quantization = Literal["none", "fp8", "int8", "int4-awq", "nvfp4"]

DEFAULT_CONCURRENCY: Final[dict[ModelRole, int]] = {"chat": 4, "autocomplete": 8, "embed": 32, "rerank": 16}
"""Requests of full length that one replica must run at once, where the spec does not say."""
_FP8_CACHE: Final[frozenset[Quantization]] = frozenset({"fp8", "nvfp4"})
_BYTES_16_BIT: Final = 2


@dataclass(frozen=True, order=True)
class Release:
    """A release of an engine, by its first two numbers."""

    major: int
    minor: int

    @classmethod
    def of(cls, stack: matrix.Stack) -> Self:
        """The engine's release in a stack of images/matrix.yaml.

        Raises:
            ValueError: the stack has no engine.
        """
        found = re.search(r"(\d+)\.(\d+)", stack.engine or "")
        if found is None:
            raise ValueError(f"{stack.name} names no engine release, got {stack.engine!r}")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


SHIPPED: Final[dict[Engine, Release]] = {"tensorrt-llm": Release.of(matrix.TRTLLM), "vllm": Release.of(matrix.VLLM)}
"""The releases in the serving images."""


@dataclass(frozen=True, kw_only=True)
class Adapters:
    """LoRA adapters that are on the GPU at once."""

    max_rank: int
    max_adapters: int

    def __post_init__(self) -> None:
        if self.max_rank <= 0 or self.max_adapters <= 0:
            raise ValueError(f"max_rank and max_adapters must be positive, got {self.max_rank}, {self.max_adapters}")


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """One model to serve. None means the default for the role, the model's name or the images."""

    role: ModelRole
    name: str  # organisation/model
    revision: str  # the full commit
    parameters_billions: float
    context_tokens: int
    quantization: Quantization = "none"
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    concurrency: int | None = None
    adapters: Adapters | None = None
    architecture: Architecture | None = None
    engine: Engine | None = None
    release: Release | None = None
    gpu_memory_gib: float | None = None  # one GPU; None: not known, so the fit is not judged
    latency_target_ms: int | None = None  # to the first token
    dimension: int | None = None  # length of an embed model's vectors

    def __post_init__(self) -> None:
        for name in ("parameters_billions", "context_tokens", "tensor_parallel", "pipeline_parallel"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")
        for name in ("concurrency", "gpu_memory_gib", "latency_target_ms", "dimension"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"{name} must be positive where it is stated, got {value}")

    @property
    def shape(self) -> Architecture:
        """The stated or known architecture.

        Raises:
            ServingError: the model is not known and no architecture is stated.
        """
        return architecture_of(self.name, self.architecture)

    @property
    def serving_engine(self) -> Engine:
        """The engine that the spec names; else TensorRT-LLM for chat and autocomplete, vLLM for embed and rerank.

        TensorRT-LLM got `trtllm-serve embeddings` after 1.2 (NVIDIA/TensorRT-LLM pull request 15424) and has no
        re-ranking route. A class of model that an engine does not serve is refused; the engine never changes silently.
        """
        return self.engine or ("tensorrt-llm" if self.role in GENERATE else "vllm")

    @property
    def engine_release(self) -> Release:
        return self.release or SHIPPED[self.serving_engine]

    @property
    def requests_at_once(self) -> int:
        """Requests of full length that one replica runs at once."""
        return self.concurrency or DEFAULT_CONCURRENCY[self.role]

    @property
    def gpus(self) -> int:
        """GPUs that one replica needs."""
        return self.tensor_parallel * self.pipeline_parallel

    @property
    def cache_dtype(self) -> Literal["auto", "fp8"]:
        """8-bit keys and values beside 8-bit or smaller floating-point weights; else the model's own 16 bits."""
        return "fp8" if self.quantization in _FP8_CACHE else "auto"

    @property
    def cache_bytes(self) -> int:
        """Bytes of one cached value."""
        return 1 if self.cache_dtype == "fp8" else _BYTES_16_BIT
