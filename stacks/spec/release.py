"""Spec of a keep's release: one version of the runtime, its images by digest."""

from typing import Annotated

from codekeep_contracts.images import VARIANT_SUFFIX, ImageName
from codekeep_contracts.model import StrictModel, text_field
from pydantic import Field

from images.serving import ModelFacts

FINETUNE_IMAGE: ImageName = "code-finetune-cu12"
NEEDED_IMAGES: tuple[ImageName, ...] = (
    "code-ingest-parse",
    "code-embed-index-cu12",
    "code-batch-review",
    "telemetry-collector",
)

ReleaseVersion = Annotated[
    str,
    text_field(
        r"^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}(-[a-z0-9]{1,16})?$",
        "the version of the runtime's release, such as 1.4.0 or 1.4.0-rc1, in quotes",
        "write the version that was built and signed, all three numbers",
        max_length=32,
    ),
]
ImageDigest = Annotated[
    str,
    text_field(
        r"^sha256:[0-9a-f]{64}$",
        "the digest of an image in the keep's registry: sha256: and 64 lower-case hexadecimal digits, never a tag",
        "copy the digest that the push printed",
        max_length=71,
    ),
]


class Release(StrictModel):
    """The release that a keep runs. Omitted until its images are in the registry, which the first `up` creates."""

    version: ReleaseVersion
    images: Annotated[dict[ImageName, ImageDigest], Field(max_length=12)]
    """Digest by image; each is pulled from the keep's own registry."""


def serving_image(facts: ModelFacts) -> ImageName:
    """The image that serves a model.

    Raises:
        ServingError: the model's architecture is not known.
    """
    vllm = facts.serving_engine == "vllm"
    if facts.role == "autocomplete":
        return "code-autocomplete-serve-cu12-vllm" if vllm else "code-autocomplete-serve-cu12"
    return "code-copilot-serve-cu12-vllm" if vllm else "code-copilot-serve-cu12"


def repository_of(image: str) -> str:
    """The repository of an image: its name without the variant."""
    return image.removesuffix(VARIANT_SUFFIX)
