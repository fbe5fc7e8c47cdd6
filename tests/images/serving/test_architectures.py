"""The table of public models agrees with the numbers of parameters that their publishers state."""

import pytest

from images.serving import CLASSES, PUBLIC_MODELS
from images.serving.architectures import Architecture


def test_the_table_has_popular_models_for_every_role() -> None:
    assert len(PUBLIC_MODELS) >= 20
    assert {model.architecture.model_class for model in PUBLIC_MODELS.values()} <= set(CLASSES)
    roles = [role for model in PUBLIC_MODELS.values() for role in model.architecture.traits.roles]
    assert set(roles) == {"chat", "autocomplete", "embed", "rerank"}
    assert all(model.source.startswith("huggingface.co/") for model in PUBLIC_MODELS.values())


@pytest.mark.parametrize("name", sorted(PUBLIC_MODELS))
def test_a_shape_implies_the_published_number_of_parameters(name: str) -> None:
    """A wrong layer, width or vocabulary would be off by far more than the norms and biases left out."""
    model = PUBLIC_MODELS[name]
    derived = model.architecture.parameters
    if derived is None:
        assert model.architecture.latent_width is not None
    else:
        assert derived == pytest.approx(model.parameters, rel=0.01)


@pytest.mark.parametrize("name", sorted(PUBLIC_MODELS))
def test_a_shape_is_consistent(name: str) -> None:
    shape: Architecture = PUBLIC_MODELS[name].architecture
    assert shape.num_attention_heads % shape.num_key_value_heads == 0
    assert shape.max_position_embeddings >= 512
    if shape.model_class != "Qwen3ForCausalLM" and shape.latent_width is None:
        assert shape.head_dim * shape.num_attention_heads == shape.hidden_size
