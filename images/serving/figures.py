"""The computed figures in docs/images/serving.md; `python -m images.serving.figures` writes them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from images.report import with_generated
from images.serving.facts import Adapters, ModelFacts
from images.serving.memory import memory_fit

PAGE: Final = Path(__file__).parents[2] / "docs" / "images" / "serving.md"
_ANY_REVISION: Final = "0" * 40  # memory does not depend on it


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One model on one kind of GPU."""

    title: str
    facts: ModelFacts
    gpu_memory_gib: float


FIGURES: Final = (
    Figure(
        title="Qwen2.5-Coder-32B-Instruct, chat in fp8 over two L40S, four adapters",
        facts=ModelFacts(
            role="chat",
            name="Qwen/Qwen2.5-Coder-32B-Instruct",
            revision=_ANY_REVISION,
            parameters_billions=32.76,
            context_tokens=32768,
            quantization="fp8",
            tensor_parallel=2,
            adapters=Adapters(max_rank=16, max_adapters=4),
        ),
        gpu_memory_gib=44.7,
    ),
    Figure(
        title="Qwen2.5-Coder-7B, autocomplete in 16 bits on one A10G",
        facts=ModelFacts(
            role="autocomplete",
            name="Qwen/Qwen2.5-Coder-7B",
            revision=_ANY_REVISION,
            parameters_billions=7.62,
            context_tokens=8192,
        ),
        gpu_memory_gib=22.3,
    ),
    Figure(
        title="Llama-3.1-70B-Instruct, chat in fp8 over four L40S",
        facts=ModelFacts(
            role="chat",
            name="meta-llama/Llama-3.1-70B-Instruct",
            revision=_ANY_REVISION,
            parameters_billions=70.55,
            context_tokens=32768,
            quantization="fp8",
            tensor_parallel=4,
        ),
        gpu_memory_gib=44.7,
    ),
)


def figures() -> str:
    """The figures as Markdown."""
    return "\n".join(_figure(figure) for figure in FIGURES)


def with_figures(page: str) -> str:
    """The page with its figures computed again.

    Raises:
        ValueError: the page has no place for them.
    """
    return with_generated(page, "figures", f"\n{figures()}")


def _figure(figure: Figure) -> str:
    fit = memory_fit(figure.facts, figure.gpu_memory_gib)
    verdict = "fits" if fit.fits else "does not fit"
    return (
        f"### {figure.title}: {verdict}\n\n```text\n{fit.arithmetic}\n```\n\n"
        f"Largest at {figure.facts.context_tokens} tokens: {fit.largest_concurrency} requests at once. "
        f"Largest with {figure.facts.requests_at_once} requests: {fit.largest_context_tokens} tokens.\n"
    )


if __name__ == "__main__":
    PAGE.write_text(with_figures(PAGE.read_text()))
