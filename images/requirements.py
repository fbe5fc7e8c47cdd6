"""PyPI requirements of each kind of image; `codekeep images lock` turns these ranges into versions with hashes."""

import tomllib
from functools import cache
from pathlib import Path

from images.matrix import TORCH

PYTHON_VERSION = "3.12"  # in every image: our own bases and NVIDIA's have it
PLATFORM = "linux/amd64"
WHEEL_PLATFORM = "x86_64-manylinux_2_28"  # older than the glibc of every base, so one lock serves them all

BUILD = ("setuptools>=80,<81",)  # the runtime's build backend, locked so that a build fetches nothing unhashed

MODELS = (f"torch=={TORCH.torch}", "numpy>=2.2,<3", "safetensors>=0.6,<1", "transformers>=4.57,<5")
EMBED = (*MODELS, "ray[default]>=2.50,<3")
FINETUNE = (*MODELS, "accelerate>=1.11,<2", "datasets>=4.4,<5", "peft>=0.18,<1")
FETCH = ("boto3>=1.40,<2", "click>=8.2,<9", "pydantic>=2.12,<3", "pyyaml>=6.0.3,<7")


@cache
def distribution() -> tuple[str, ...]:
    """The dependencies of the runtime and its contracts, so that their wheels are installed without resolving anything.

    Only building images needs this, in a checkout; an installed codekeep deploys without it.
    """
    root = Path(__file__).parents[1]
    return tuple(
        requirement
        for project in ("contracts", "runtime")
        for requirement in tomllib.loads((root / project / "pyproject.toml").read_text("utf-8"))["project"][
            "dependencies"
        ]
        if not requirement.startswith("codekeep-")
    )
