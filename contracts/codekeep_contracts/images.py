"""Names of a keep's images, as in the spec's `release.images`. Without the variant, a name is a repository's."""

from typing import Final, Literal, get_args

ImageName = Literal[
    "code-ingest-parse",
    "code-embed-index-cu12",
    "code-symbol-index",
    "code-copilot-serve-cu12",
    "code-copilot-serve-cu12-vllm",
    "code-autocomplete-serve-cu12",
    "code-autocomplete-serve-cu12-vllm",
    "code-batch-review",
    "code-finetune-cu12",
    "compat",
    "telemetry-collector",
]

ControllerImage = Literal[
    "aws-load-balancer-controller",
    "cluster-autoscaler",
    "keda-metrics-apiserver",
    "keda-operator",
    "kube-webhook-certgen",
    "kuberay-operator",
    "nvidia-device-plugin",
    "prometheus",
]
"""Images of the cluster's controllers, copied in at the versions of components/controllers/charts.py."""

VARIANT_SUFFIX: Final = "-vllm"
"""The same repository; built on the other engine."""
COPIED_IMAGES: Final[tuple[ImageName, ...]] = ("telemetry-collector",)
"""Images of others, copied in by digest after review."""
REFERENCE_IMAGES: Final[tuple[ImageName, ...]] = tuple(
    name for name in get_args(ImageName) if name not in COPIED_IMAGES and not name.endswith(VARIANT_SUFFIX)
)
"""Images that are built from images/."""
CONTROLLER_IMAGES: Final[tuple[ControllerImage, ...]] = get_args(ControllerImage)
REPOSITORIES: Final[tuple[str, ...]] = (*REFERENCE_IMAGES, *COPIED_IMAGES, *CONTROLLER_IMAGES)
"""A registry has one for each image; a variant shares its image's."""
