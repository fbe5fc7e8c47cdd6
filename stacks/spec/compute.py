"""Spec of a keep's node pools, models and vector index."""

from typing import Annotated, Literal

from codekeep_contracts.model import StrictModel, text_field
from codekeep_contracts.settings.models import ServedModel
from codekeep_contracts.text_types import Dimension, Label, ZoneName
from pydantic import Field

from stacks.spec.instances import INSTANCE_TYPES, SEARCH_FAMILIES, InstanceType

PoolRole = Literal["system", "ingest", "gpu-serve", "gpu-batch"]
Quantization = Literal["none", "fp8", "int8", "int4-awq", "nvfp4"]
Engine = Literal["tensorrt-llm", "vllm"]
GPU_ROLES: frozenset[str] = frozenset({"gpu-serve", "gpu-batch"})

InstanceTypeName = Annotated[
    str,
    text_field(
        r"^[a-z][a-z0-9-]{1,15}\.[a-z0-9]{5,10}$",
        "an EC2 instance type of the table in stacks/spec/instances.py, such as m7i.xlarge or g6e.12xlarge",
        "choose one of the table, or add the type's line to it",
        max_length=32,
    ),
]
SearchInstanceType = Annotated[
    str,
    text_field(
        rf"^({'|'.join(SEARCH_FAMILIES)})\.(large|xlarge|2xlarge|4xlarge|8xlarge|12xlarge)\.search$",
        f"an OpenSearch Service instance type: <{'|'.join(SEARCH_FAMILIES)}>.<large to 12xlarge>.search",
        "choose for instance r7g.large.search",
        max_length=32,
    ),
]
ModelClassName = Annotated[
    str,
    text_field(
        r"^[A-Z][A-Za-z0-9]{2,79}$",
        "the name of a class as in architectures of the model's config.json, such as Qwen2ForCausalLM",
        "copy the first entry of architectures",
        max_length=80,
    ),
]


class InstanceGroup(StrictModel):
    """A number of instances or hosts in one zone: AWS sells both by the zone."""

    count: Annotated[int, Field(ge=1, le=64)]
    zone: ZoneName


class Pool(StrictModel):
    """Nodes of one kind. `warm` nodes keep running without work, so that new work starts at once."""

    name: Label
    role: PoolRole
    instance_types: Annotated[tuple[InstanceTypeName, ...], Field(min_length=1, max_length=6)]
    min: Annotated[int, Field(ge=0, le=200)]
    max: Annotated[int, Field(ge=1, le=200)]
    warm: Annotated[int, Field(ge=0, le=200)]
    nvme: bool = False
    """True where the pool needs instance-store NVMe for its caches."""
    volume_gib: Annotated[int, Field(ge=50, le=2000)] = 100
    """Encrypted root volume of a node."""
    tenancy: Literal["shared", "dedicated", "host"] = "shared"
    hosts: InstanceGroup | None = None
    """Dedicated hosts to allocate; with tenancy `host` only."""
    reservation: InstanceGroup | None = None
    """On-demand capacity reservation to make."""

    @property
    def machines(self) -> tuple[InstanceType, ...]:
        """The instance types that are in the table."""
        return tuple(INSTANCE_TYPES[name] for name in self.instance_types if name in INSTANCE_TYPES)

    @property
    def is_gpu(self) -> bool:
        return self.role in GPU_ROLES


class Lora(StrictModel):
    """Adapters a model may carry."""

    max_rank: Literal[8, 16, 32, 64, 128] = 16
    max_adapters: Annotated[int, Field(ge=1, le=32)] = 4


class Architecture(StrictModel):
    """A model's shape, in the terms of its config.json; for models that codekeep does not know."""

    model_class: ModelClassName
    """The first of `architectures`."""
    num_hidden_layers: Annotated[int, Field(ge=1, le=256)]
    hidden_size: Annotated[int, Field(ge=64, le=65536)]
    num_attention_heads: Annotated[int, Field(ge=1, le=512)]
    num_key_value_heads: Annotated[int, Field(ge=1, le=512)]
    head_dim: Annotated[int, Field(ge=8, le=512)]
    """hidden_size / num_attention_heads where the file does not say."""
    intermediate_size: Annotated[int, Field(ge=64, le=262144)]
    vocab_size: Annotated[int, Field(ge=256, le=1000000)]
    max_position_embeddings: Annotated[int, Field(ge=256, le=1048576)]
    """The longest text in tokens, scaled positions included."""
    tie_word_embeddings: bool = False
    latent_width: Annotated[int, Field(ge=16, le=4096)] | None = None
    """kv_lora_rank + qk_rope_head_dim; of models with latent attention (MLA) only."""


class Model(ServedModel):
    """One served model, its engine and its pool."""

    pool: Label
    parameters_billions: Annotated[float, Field(ge=0.01, le=1000)]
    quantization: Quantization = "none"
    tensor_parallel: Literal[1, 2, 4, 8] = 1
    pipeline_parallel: Literal[1, 2, 4, 8] = 1
    concurrency: Annotated[int, Field(ge=1, le=256)] | None = None
    """Requests of full length that one replica must process at the same time. Default by role: 4 (chat), 8
    (autocomplete), 32 (embed), 16 (rerank).
    """
    architecture: Architecture | None = None
    """The model's shape, from which its memory is computed; needed for models that codekeep does not know."""
    min_replicas: Annotated[int, Field(ge=1, le=64)] = 1
    spare_replicas: Annotated[int, Field(ge=0, le=8)] = 0
    """GPUs kept free for so many replicas, so that the next ones start at once instead of waiting for nodes."""
    engine: Engine | None = None
    """The engine that serves it. Default: tensorrt-llm for the chat and autocomplete models it can serve, else vllm."""
    lora: Lora | None = None

    @property
    def gpus(self) -> int:
        """GPUs of one replica."""
        return self.tensor_parallel * self.pipeline_parallel


class SearchDomain(StrictModel):
    """An OpenSearch domain of the keep's own."""

    instance_type: SearchInstanceType
    instance_count: Annotated[int, Field(ge=2, le=40)]
    volume_gib: Annotated[int, Field(ge=20, le=6144)]
    """gp3 volume of each instance."""
    dedicated_masters: bool = True
    """Three nodes that only manage the cluster."""


class VectorIndex(StrictModel):
    """The index; `domain` is absent in pooled keeps, which use the platform's domain with an index of their own."""

    dimension: Dimension
    domain: SearchDomain | None = None
