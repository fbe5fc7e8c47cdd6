"""Architectures of models, from their config.json: the memory that a model needs follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import yaml
from codekeep_contracts.roles import ModelRole

from images.serving.problems import Problem, ServingError, did_you_mean, nearest_word

Engine = Literal["tensorrt-llm", "vllm"]

GENERATE: Final[frozenset[ModelRole]] = frozenset({"chat", "autocomplete"})
_EMBED: Final[frozenset[ModelRole]] = frozenset({"embed"})
_RERANK: Final[frozenset[ModelRole]] = frozenset({"rerank"})
_BOTH: Final[frozenset[Engine]] = frozenset({"tensorrt-llm", "vllm"})
_VLLM: Final[frozenset[Engine]] = frozenset({"vllm"})


@dataclass(frozen=True, kw_only=True)
class ModelClass:
    """One class of config.json's `architectures`: what it can do, and which engine serves it."""

    roles: frozenset[ModelRole]
    engines: frozenset[Engine]
    encoder: bool = False
    """True where a request is one pass over its text: there is no key-value cache."""
    gated: bool = True
    """True where the feed-forward layer has a gate beside its two projections."""


CLASSES: Final[Mapping[str, ModelClass]] = {
    "Qwen2ForCausalLM": ModelClass(roles=GENERATE, engines=_BOTH),
    "Qwen3ForCausalLM": ModelClass(roles=GENERATE | _EMBED, engines=_BOTH),
    "LlamaForCausalLM": ModelClass(roles=GENERATE, engines=_BOTH),
    "MistralForCausalLM": ModelClass(roles=GENERATE, engines=_BOTH),
    "Starcoder2ForCausalLM": ModelClass(roles=GENERATE, engines=_VLLM, gated=False),
    "DeepseekV2ForCausalLM": ModelClass(roles=GENERATE, engines=_VLLM),
    "BertModel": ModelClass(roles=_EMBED, engines=_VLLM, encoder=True, gated=False),
    "XLMRobertaModel": ModelClass(roles=_EMBED, engines=_VLLM, encoder=True, gated=False),
    "XLMRobertaForSequenceClassification": ModelClass(roles=_RERANK, engines=_VLLM, encoder=True, gated=False),
}
"""Source: NVIDIA/TensorRT-LLM docs/source/models/supported-models.md (PyTorch backend; DeepSeek-V2 runs there on the
AutoDeploy backend only, StarCoder2 and XLM-RoBERTa not at all) and docs.vllm.ai, "Supported Models"."""


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """A model's shape, under the names in its config.json. `model_class` is the first of its `architectures`."""

    model_class: str
    num_hidden_layers: int
    hidden_size: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    intermediate_size: int
    vocab_size: int
    max_position_embeddings: int
    """The longest text, in tokens: the model's usable positions."""
    tie_word_embeddings: bool = False
    """True where the output layer is the input embedding, so that it is in memory once."""
    latent_width: int | None = None
    """kv_lora_rank + qk_rope_head_dim of models with multi-head latent attention (MLA): the values cached for each
    token and layer, instead of keys and values for each head. Every tensor-parallel GPU has all of them."""

    @property
    def traits(self) -> ModelClass:
        """Properties of the model's class.

        Raises:
            ServingError: the class is not known.
        """
        known = CLASSES.get(self.model_class)
        if known is None:
            remedy = did_you_mean(self.model_class, CLASSES, "serve a model of one of these classes, or add the class")
            raise ServingError([Problem("architecture.model_class", self.model_class, ", ".join(CLASSES), remedy)])
        return known

    @property
    def embedding_parameters(self) -> int:
        """Parameters of the input embedding and of an output layer that is not the same matrix."""
        copies = 1 if self.tie_word_embeddings or self.traits.encoder else 2
        return copies * self.vocab_size * self.hidden_size

    @property
    def parameters(self) -> int | None:
        """Parameters that follow from the shape, to within one percent: norms and biases are left out. None for models
        with latent attention: they are mixtures of experts, whose number of experts is not part of the shape.
        """
        if self.latent_width is not None:
            return None
        heads = 2 * self.num_attention_heads + 2 * self.num_key_value_heads
        attention = self.hidden_size * self.head_dim * heads
        feed_forward = (3 if self.traits.gated else 2) * self.hidden_size * self.intermediate_size
        positions = self.max_position_embeddings * self.hidden_size if self.traits.encoder else 0
        return self.num_hidden_layers * (attention + feed_forward) + self.embedding_parameters + positions


@dataclass(frozen=True, kw_only=True)
class PublicModel:
    """A model whose shape is known here, and where it was read."""

    architecture: Architecture
    parameters: int
    source: str


def _public_models() -> dict[str, PublicModel]:
    entries = yaml.safe_load((Path(__file__).parent / "public_models.yaml").read_text("utf-8"))
    return {
        name: PublicModel(
            architecture=Architecture(**entry["architecture"]),
            parameters=entry["parameters"],
            source=f"huggingface.co/{name} config.json, model card",
        )
        for entry in entries
        for name in entry["names"]
    }


PUBLIC_MODELS: Final[Mapping[str, PublicModel]] = _public_models()
"""Models whose shape need not be stated."""


def architecture_of(name: str, stated: Architecture | None) -> Architecture:
    """The stated shape, or else the known one of that model.

    Raises:
        ServingError: the model is not known and no shape is stated.
    """
    if stated is not None:
        return stated
    if known := PUBLIC_MODELS.get(name):
        return known.architecture
    near = nearest_word(name, PUBLIC_MODELS)
    problem = Problem(
        "architecture",
        f"nothing for {name}, whose shape is not known",
        f"the model's config.json: {', '.join(Architecture.__dataclass_fields__)}",
        f"did you mean {near}? Otherwise state architecture" if near else "state architecture",
    )
    raise ServingError([problem])
