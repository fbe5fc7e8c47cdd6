"""The catalogue of images: completeness, bases, variants."""

import re

import pytest
from codekeep_contracts.images import REFERENCE_IMAGES

from images.bases import BASES, Base, Sighting
from images.catalog import BUILDS, IMAGES, VARIANTS, Kind, find_image
from images.matrix import GPUS
from stacks.spec.instances import INSTANCE_TYPES


def test_the_catalogue_has_exactly_the_reference_images():
    assert len(IMAGES) == 8
    assert tuple(image.name for image in IMAGES) == REFERENCE_IMAGES


def test_a_variant_is_another_build_of_an_existing_image():
    assert VARIANTS
    assert {image.name for image in VARIANTS} <= set(REFERENCE_IMAGES)
    assert len({image.dockerfile for image in BUILDS}) == len(BUILDS)
    assert find_image("code-copilot-serve-cu12", "vllm").base.tag == "v0.28.0-cu129"


def test_images_without_a_gpu_end_on_a_base_without_a_shell():
    plain = [image for image in IMAGES if image.kind is Kind.CPU]
    assert len(plain) == 3
    assert {image.base.repository for image in plain} == {"gcr.io/distroless/cc-debian13"}


def test_every_base_says_where_its_digest_was_seen():
    assert len(BASES) == 5
    assert {image.base for image in BUILDS} <= set(BASES)
    for base in BASES:
        assert re.fullmatch(r"[a-z0-9./-]+:[\w.-]+@sha256:[0-9a-f]{64}", base.reference)
        assert all("/" in seen.project and seen.file for seen in base.sightings)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [("digest", "sha256:12", "64 hex digits"), ("tag", "latest", "name a release"), ("sightings", (), "was seen")],
)
def test_a_base_without_digest_release_or_origin_is_refused(field, value, message):
    good = {
        "repository": "example.test/base",
        "tag": "1.2",
        "digest": f"sha256:{'a' * 64}",
        "carries": "something",
        "sightings": (Sighting(project="some/project", file="Dockerfile"),),
    }
    assert Base(**good).reference.endswith("a" * 64)
    with pytest.raises(ValueError, match=message):
        Base(**{**good, field: value})


def test_the_matrix_knows_every_gpu_that_a_spec_may_ask_for():
    needed = {kind.family for kind in INSTANCE_TYPES.values() if kind.gpu is not None}
    known = {family for gpu in GPUS for family in gpu.families}
    assert "g6e" in needed
    assert needed == known


def test_an_unknown_image_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="no image code-copilot; allowed: code-ingest-parse"):
        find_image("code-copilot")
