"""Architectures of models, from their config.json: what the memory a model needs is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from images.serving.faults import ServingError, ServingFault, nearest

Role = Literal["chat", "autocomplete", "embed", "rerank"]
Engine = Literal["tensorrt-llm", "vllm"]

GENERATE: Final[frozenset[Role]] = frozenset({"chat", "autocomplete"})
_EMBED: Final[frozenset[Role]] = frozenset({"embed"})
_RERANK: Final[frozenset[Role]] = frozenset({"rerank"})
_BOTH: Final[frozenset[Engine]] = frozenset({"tensorrt-llm", "vllm"})
_VLLM: Final[frozenset[Engine]] = frozenset({"vllm"})


@dataclass(frozen=True, kw_only=True)
class ModelClass:
    """One class of config.json's `architectures`: what it can do, and which engine serves it."""

    roles: frozenset[Role]
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
    """A model's shape, under the names of its config.json. `model_class` is the first of its `architectures`."""

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
    """True where the output layer is the input embedding, so that it is held once."""
    latent_width: int | None = None
    """kv_lora_rank + qk_rope_head_dim, of models with multi-head latent attention (MLA) only: values cached a token and
    layer instead of keys and values of each head. They are held by every tensor-parallel GPU."""

    @property
    def traits(self) -> ModelClass:
        """What its class can do; ServingError where the class is not known."""
        known = CLASSES.get(self.model_class)
        if known is None:
            near = nearest(self.model_class, CLASSES)
            fault = ServingFault(
                field="architecture.model_class",
                got=self.model_class,
                allowed=", ".join(CLASSES),
                remedy=f"did you mean {near}?" if near else "serve a model of one of these classes, or add the class",
            )
            raise ServingError([fault])
        return known

    @property
    def embedding_parameters(self) -> int:
        """Of the input embedding and, where it is another, the output layer."""
        copies = 1 if self.tie_word_embeddings or self.traits.encoder else 2
        return copies * self.vocab_size * self.hidden_size

    @property
    def parameters(self) -> int | None:
        """Parameters that follow from the shape, to within one percent: norms and biases are left out. None where the
        shape does not tell (mixtures of experts with latent attention)."""
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


def _qwen2(layers: int, hidden: int, heads: int, kv_heads: int, feed: int, *, tied: bool = False) -> Architecture:
    return Architecture(
        model_class="Qwen2ForCausalLM",
        num_hidden_layers=layers,
        hidden_size=hidden,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        head_dim=128,
        intermediate_size=feed,
        vocab_size=151936 if tied else 152064,
        max_position_embeddings=32768,
        tie_word_embeddings=tied,
    )


def _llama(
    layers: int, hidden: int, heads: int, kv_heads: int, feed: int, *, vocab: int = 128256, positions: int = 131072
) -> Architecture:
    return Architecture(
        model_class="LlamaForCausalLM",
        num_hidden_layers=layers,
        hidden_size=hidden,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        head_dim=128,
        intermediate_size=feed,
        vocab_size=vocab,
        max_position_embeddings=positions,
    )


def _encoder(model_class: str, layers: int, hidden: int, heads: int, vocab: int, positions: int) -> Architecture:
    return Architecture(
        model_class=model_class,
        num_hidden_layers=layers,
        hidden_size=hidden,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        head_dim=hidden // heads,
        intermediate_size=4 * hidden,
        vocab_size=vocab,
        max_position_embeddings=positions,
        tie_word_embeddings=True,
    )


_CODER_1_5B = _qwen2(28, 1536, 12, 2, 8960, tied=True)
_CODER_7B = _qwen2(28, 3584, 28, 4, 18944)
_CODER_14B = _qwen2(48, 5120, 40, 8, 13824)
_CODER_32B = _qwen2(64, 5120, 40, 8, 27648)
_LLAMA_8B = _llama(32, 4096, 32, 8, 14336)
_LLAMA_70B = _llama(80, 8192, 64, 8, 28672)
_CODE_LLAMA_7B = _llama(32, 4096, 32, 32, 11008, vocab=32016, positions=16384)
_STARCODER2_7B = Architecture(
    model_class="Starcoder2ForCausalLM",
    num_hidden_layers=32,
    hidden_size=4608,
    num_attention_heads=36,
    num_key_value_heads=4,
    head_dim=128,
    intermediate_size=18432,
    vocab_size=49152,
    max_position_embeddings=16384,
    tie_word_embeddings=True,
)
_DEEPSEEK_V2_LITE = Architecture(
    model_class="DeepseekV2ForCausalLM",
    num_hidden_layers=27,
    hidden_size=2048,
    num_attention_heads=16,
    num_key_value_heads=16,
    head_dim=192,  # qk_nope_head_dim 128 + qk_rope_head_dim 64
    intermediate_size=10944,
    vocab_size=102400,
    max_position_embeddings=163840,
    latent_width=576,  # kv_lora_rank 512 + qk_rope_head_dim 64
)
_QWEN3_EMBEDDING_0_6B = Architecture(
    model_class="Qwen3ForCausalLM",
    num_hidden_layers=28,
    hidden_size=1024,
    num_attention_heads=16,
    num_key_value_heads=8,
    head_dim=128,
    intermediate_size=3072,
    vocab_size=151669,
    max_position_embeddings=32768,
    tie_word_embeddings=True,
)
_BGE_M3 = _encoder("XLMRobertaModel", 24, 1024, 16, 250002, 8192)  # 8194 positions, of which the first two are unused
_BGE_RERANKER = _encoder("XLMRobertaForSequenceClassification", 24, 1024, 16, 250002, 8192)

_ROWS: tuple[tuple[str, Architecture, int], ...] = (
    ("Qwen/Qwen2.5-Coder-1.5B", _CODER_1_5B, 1_543_714_304),
    ("Qwen/Qwen2.5-Coder-1.5B-Instruct", _CODER_1_5B, 1_543_714_304),
    ("Qwen/Qwen2.5-Coder-7B", _CODER_7B, 7_615_616_512),
    ("Qwen/Qwen2.5-Coder-7B-Instruct", _CODER_7B, 7_615_616_512),
    ("Qwen/Qwen2.5-Coder-14B", _CODER_14B, 14_770_033_664),
    ("Qwen/Qwen2.5-Coder-14B-Instruct", _CODER_14B, 14_770_033_664),
    ("Qwen/Qwen2.5-Coder-32B", _CODER_32B, 32_763_876_352),
    ("Qwen/Qwen2.5-Coder-32B-Instruct", _CODER_32B, 32_763_876_352),
    ("meta-llama/Llama-3.1-8B", _LLAMA_8B, 8_030_261_248),
    ("meta-llama/Llama-3.1-8B-Instruct", _LLAMA_8B, 8_030_261_248),
    ("meta-llama/Llama-3.1-70B", _LLAMA_70B, 70_553_706_496),
    ("meta-llama/Llama-3.1-70B-Instruct", _LLAMA_70B, 70_553_706_496),
    ("codellama/CodeLlama-7b-hf", _CODE_LLAMA_7B, 6_738_546_688),
    ("bigcode/starcoder2-7b", _STARCODER2_7B, 7_173_923_840),
    ("deepseek-ai/DeepSeek-Coder-V2-Lite-Base", _DEEPSEEK_V2_LITE, 15_706_484_224),
    ("deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct", _DEEPSEEK_V2_LITE, 15_706_484_224),
    ("Qwen/Qwen3-Embedding-0.6B", _QWEN3_EMBEDDING_0_6B, 595_776_512),
    ("BAAI/bge-m3", _BGE_M3, 567_754_752),
    ("BAAI/bge-reranker-v2-m3", _BGE_RERANKER, 567_755_777),
    ("BAAI/bge-small-en-v1.5", _encoder("BertModel", 12, 384, 12, 30522, 512), 33_360_000),
    ("intfloat/e5-base-v2", _encoder("BertModel", 12, 768, 12, 30522, 512), 109_482_240),
    ("intfloat/multilingual-e5-small", _encoder("BertModel", 12, 384, 12, 250037, 512), 117_653_760),
    ("intfloat/multilingual-e5-large", _encoder("XLMRobertaModel", 24, 1024, 16, 250002, 512), 559_890_432),
)

PUBLIC_MODELS: Final[Mapping[str, PublicModel]] = {
    name: PublicModel(
        architecture=architecture, parameters=parameters, source=f"huggingface.co/{name} config.json, model card"
    )
    for name, architecture, parameters in _ROWS
}
"""Models whose shape need not be stated. A model is added by adding its row."""


def architecture_of(name: str, given: Architecture | None) -> Architecture:
    """The shape as `given`, or the known one of that model.

    Raises:
        ServingError: the model is not known and no shape was given.
    """
    if given is not None:
        return given
    known = PUBLIC_MODELS.get(name)
    if known is None:
        near = nearest(name, PUBLIC_MODELS)
        fields = ", ".join(Architecture.__dataclass_fields__)
        fault = ServingFault(
            field="architecture",
            got=f"nothing for {name}, whose shape is not known",
            allowed=f"the model's config.json: {fields}",
            remedy=f"did you mean {near}? Otherwise state architecture" if near else "state architecture",
        )
        raise ServingError([fault])
    return known.architecture
