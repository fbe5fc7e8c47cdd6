"""The memory fit: one example computed by hand, and properties for every model."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from images.serving import PUBLIC_MODELS, Adapters, ModelFacts, memory_fit, memory_need
from images.serving.limits import limits_of
from images.serving.memory import GIB, cache_bytes_per_token

CODER_32B = ModelFacts(
    role="chat",
    name="Qwen/Qwen2.5-Coder-32B-Instruct",
    revision="0" * 40,
    parameters_billions=32.8,
    context_tokens=32768,
    quantization="fp8",
    tensor_parallel=2,
    adapters=Adapters(max_rank=16, max_adapters=4),
)
DECODERS = sorted(name for name, model in PUBLIC_MODELS.items() if "chat" in model.architecture.traits.roles)
EXACT = 1e-9


@st.composite
def served(draw: st.DrawFn) -> ModelFacts:
    """Any generating model of the table, at any context, concurrency and format."""
    name = draw(st.sampled_from(DECODERS))
    model = PUBLIC_MODELS[name]
    return ModelFacts(
        role=draw(st.sampled_from(["chat", "autocomplete"])),
        name=name,
        revision="0" * 40,
        parameters_billions=model.parameters / 1e9,
        context_tokens=draw(st.integers(256, model.architecture.max_position_embeddings)),
        quantization=draw(st.sampled_from(["none", "fp8", "int4-awq", "nvfp4"])),
        tensor_parallel=draw(st.sampled_from([1, 2, 4])),
        pipeline_parallel=draw(st.sampled_from([1, 2])),
        concurrency=draw(st.integers(1, 256)),
        adapters=draw(
            st.none() | st.builds(Adapters, max_rank=st.sampled_from([8, 16, 64]), max_adapters=st.integers(1, 32))
        ),
        latency_target_ms=draw(st.none() | st.integers(100, 3000)),
        engine=draw(st.sampled_from(["tensorrt-llm", "vllm"])),
    )


def test_the_memory_fit_equals_an_example_by_hand() -> None:
    need = memory_need(CODER_32B)
    embeddings = 2 * 152064 * 5120
    assert need.weights.gib == pytest.approx(((32.8e9 - embeddings) * 1 / 2 + embeddings * 2 / 2) / GIB)
    assert need.cache.gib == pytest.approx(8.0)  # 2 x 64 x 8 x 128 = 128 KiB a token in fp8, over two GPUs, x 131,072
    widths = (5120 + 5120) + 2 * (5120 + 1024)  # query; key and value
    assert need.adapters.gib == pytest.approx(4 * 16 * widths * 64 * 2 / 2 / GIB)
    logits = 16 * 152064 * 2 * 4
    assert need.activations.gib == pytest.approx((8192 * (6 * 5120 + 3 * 27648 / 2) * 2 + logits) / GIB)
    assert need.workspace.gib == pytest.approx(1.0 + 0.5 + 5 * 0.2)
    assert need.total_gib == pytest.approx(sum(term.gib for term in need.terms))


def test_keys_and_values_of_one_token() -> None:
    assert cache_bytes_per_token(replace(CODER_32B, quantization="none", tensor_parallel=1)) == 256 * 1024
    assert cache_bytes_per_token(CODER_32B) == 64 * 1024
    four_heads = replace(CODER_32B, name="Qwen/Qwen2.5-Coder-7B", quantization="none", tensor_parallel=8)
    assert cache_bytes_per_token(four_heads) == 2 * 28 * 1 * 128 * 2  # four heads on eight GPUs: each has one


def test_latent_attention_caches_one_vector_on_every_gpu() -> None:
    latent = replace(CODER_32B, name="deepseek-ai/DeepSeek-Coder-V2-Lite-Base", quantization="none", adapters=None)
    assert cache_bytes_per_token(latent) == 27 * 576 * 2
    assert cache_bytes_per_token(replace(latent, tensor_parallel=1)) == 27 * 576 * 2


def test_the_largest_fitting_context_fits_and_the_next_does_not() -> None:
    fit = memory_fit(CODER_32B, 44.7)
    assert fit.fits
    assert fit.largest_concurrency == 10
    assert fit.largest_context_tokens == 32768  # the model's positions end before the memory
    assert memory_fit(replace(CODER_32B, concurrency=10), 44.7).fits
    assert not memory_fit(replace(CODER_32B, concurrency=11), 44.7).fits
    crowded = memory_fit(replace(CODER_32B, concurrency=20), 44.7)
    shorter = replace(CODER_32B, concurrency=20, context_tokens=crowded.largest_context_tokens)
    assert 8192 < crowded.largest_context_tokens < 32768
    assert memory_fit(shorter, 44.7).fits
    assert not memory_fit(replace(shorter, context_tokens=crowded.largest_context_tokens + 1), 44.7).fits


def test_no_context_fits_if_the_weights_do_not() -> None:
    fit = memory_fit(replace(CODER_32B, quantization="none", tensor_parallel=1), 44.7)
    assert (fit.fits, fit.largest_concurrency, fit.largest_context_tokens) == (False, 0, 0)


def test_the_arithmetic_has_a_line_for_each_term_and_the_sum() -> None:
    lines = memory_fit(CODER_32B, 44.7).arithmetic.splitlines()
    assert [line.split()[0] for line in lines] == ["weights", "KV", "adapters", "activations", "workspace", "needed"]
    assert lines[-1].endswith("which fits in 40.23 GiB (0.9 x 44.7 GiB)")


@settings(max_examples=150, deadline=None)
@given(served(), st.integers(1, 100_000))
def test_the_need_grows_with_the_context(facts: ModelFacts, more: int) -> None:
    longer = replace(facts, context_tokens=facts.context_tokens + more)
    assert memory_need(longer).total_gib >= memory_need(facts).total_gib
    assert memory_need(longer).cache.gib > memory_need(facts).cache.gib


@settings(max_examples=150, deadline=None)
@given(served(), st.integers(1, 256))
def test_the_need_grows_with_the_concurrency(facts: ModelFacts, more: int) -> None:
    busier = replace(facts, concurrency=facts.requests_at_once + more)
    assert memory_need(busier).total_gib > memory_need(facts).total_gib
    assert limits_of(busier).max_batch_size >= limits_of(facts).max_batch_size


@settings(max_examples=150, deadline=None)
@given(served(), st.floats(0.001, 100))
def test_the_need_grows_with_the_parameters(facts: ModelFacts, more: float) -> None:
    larger = replace(facts, parameters_billions=facts.parameters_billions + more)
    assert memory_need(larger).weights.gib > memory_need(facts).weights.gib
    assert memory_need(larger).total_gib > memory_need(facts).total_gib


@settings(max_examples=150, deadline=None)
@given(served())
def test_with_twice_the_gpus_each_has_half_of_weights_adapters_and_cache(facts: ModelFacts) -> None:
    wider = replace(facts, tensor_parallel=2 * facts.tensor_parallel)
    one, half = memory_need(facts), memory_need(wider)
    assert half.weights.gib == pytest.approx(one.weights.gib / 2, rel=EXACT)
    assert half.adapters.gib == pytest.approx(one.adapters.gib / 2, rel=EXACT)
    assert half.activations.gib <= one.activations.gib
    assume(facts.shape.latent_width is None and facts.shape.num_key_value_heads % wider.tensor_parallel == 0)
    assert half.cache.gib == pytest.approx(one.cache.gib / 2, rel=EXACT)


@settings(max_examples=60, deadline=None)
@given(served(), st.floats(10, 200))
def test_the_largest_that_fits_is_the_largest(facts: ModelFacts, memory_gib: float) -> None:
    fit = memory_fit(facts, memory_gib)
    assert fit.fits == (fit.largest_concurrency >= facts.requests_at_once)
    assert fit.fits == (fit.largest_context_tokens >= facts.context_tokens)
    if fit.largest_concurrency:
        assert memory_fit(replace(facts, concurrency=fit.largest_concurrency), memory_gib).fits


@pytest.mark.parametrize(
    ("field", "value"), [("context_tokens", 0), ("concurrency", 0), ("gpu_memory_gib", -1.0), ("tensor_parallel", 0)]
)
def test_facts_below_one_are_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        replace(CODER_32B, **{field: value})
