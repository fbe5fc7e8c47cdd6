"""Rules for the release: it has the images that the keep runs."""

from collections.abc import Iterator

from codekeep_contracts.images import ImageName

from images.serving import suitability_problems
from stacks.spec.problems import Problem
from stacks.spec.release import FINETUNE_IMAGE, NEEDED_IMAGES, serving_image
from stacks.spec.rules.draft import Draft
from stacks.spec.serving import serving_facts


def the_release_has_its_images(draft: Draft) -> Iterator[Problem]:
    """`release.images` names code-ingest-parse, code-embed-index-cu12, code-batch-review, telemetry-collector."""
    for name in NEEDED_IMAGES if draft.release else ():
        yield from _missing(draft, name, "every keep runs it")


def the_release_serves_the_models(draft: Draft) -> Iterator[Problem]:
    """`release.images` names the serving image of each model's role and engine."""
    served = [serving_facts(model) for model in draft.models.values] if draft.release else []
    # Where a model cannot be served, models_can_be_served reports it.
    needed = {serving_image(facts): facts for facts in served if not suitability_problems(facts)}
    for name, facts in needed.items():
        yield from _missing(draft, name, f"{facts.serving_engine} serves the {facts.role} model")


def _missing(draft: Draft, name: ImageName, why: str) -> Iterator[Problem]:
    if draft.release is not None and name not in draft.release.images:
        yield Problem(
            path=f"release.images.{name}",
            got="nothing",
            allowed=f"the image's digest: {why}",
            remedy=f"build and push {name}, and add its digest",
        )


def training_has_image_and_pool(draft: Draft) -> Iterator[Problem]:
    """`release.images` names code-finetune-cu12 exactly where the keep has a pool of role gpu-batch to run it."""
    if draft.release is None or draft.tier == "pooled" or not (draft.pools.valid and draft.pools.complete):
        return  # a pooled keep trains on its platform's pools
    has_image = FINETUNE_IMAGE in draft.release.images
    has_pool = any(pool.role == "gpu-batch" for pool in draft.pools.values)
    if has_image and not has_pool:
        yield Problem(
            path=f"release.images.{FINETUNE_IMAGE}",
            got="an image that trains adapters, and no pool of role gpu-batch",
            allowed="the image together with a pool of role gpu-batch",
            remedy="add the pool, or remove the image",
        )
    elif has_pool and not has_image:
        yield Problem(
            path=f"release.images.{FINETUNE_IMAGE}",
            got="nothing",
            allowed="the image's digest, since a pool of role gpu-batch waits for it",
            remedy=f"add the digest of {FINETUNE_IMAGE}, or remove the pool",
        )
