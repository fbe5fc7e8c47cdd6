"""Base images: each by digest, with the public files in which that digest was seen."""

import re
from dataclasses import dataclass

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """A public file that pins the digest. It is no proof: `codekeep images check --online` asks the registry."""

    project: str
    file: str

    def __str__(self) -> str:
        return f"{self.project}: {self.file}"


@dataclass(frozen=True, kw_only=True)
class Base:
    """Somebody else's image; `tag` says what the digest is meant to be."""

    repository: str
    tag: str
    digest: str
    carries: str
    sightings: tuple[Sighting, ...]

    def __post_init__(self) -> None:
        if not DIGEST.fullmatch(self.digest):
            raise ValueError(f"digest of {self.repository} must be sha256: and 64 hex digits, got {self.digest}")
        if self.tag in {"", "latest"}:
            raise ValueError(f"tag of {self.repository} must name a release, got {self.tag or 'none'}")
        if not self.sightings:
            raise ValueError(f"{self.repository}:{self.tag} must say where its digest was seen")

    @property
    def reference(self) -> str:
        return f"{self.repository}:{self.tag}@{self.digest}"


PYTHON = Base(
    repository="docker.io/library/python",
    tag="3.12.13-slim-trixie",
    digest="sha256:229a2c5bfa27522db7815ea81f9bed70af17ccb9de9fc7ad142b1877b5830d36",
    carries="CPython 3.12.13 on Debian 13",
    sightings=(Sighting(project="botAGI/AGmind-SAIS", file="Dockerfile"),),
)

DISTROLESS = Base(
    repository="gcr.io/distroless/cc-debian13",
    tag="nonroot",
    digest="sha256:d97bc0a941b8d4be647dc0ee75b264ddbb772f1ac5ba690a4309c00723b23775",
    carries="glibc, OpenSSL, libgcc, libstdc++, certificates and time zones of Debian 13; no shell, no package manager",
    sightings=(
        Sighting(project="MSNexploder/imglean", file="Dockerfile"),
        Sighting(project="genomoncology/pangopup", file="Dockerfile"),
    ),
)

TENSORRT_LLM = Base(
    repository="nvcr.io/nvidia/tensorrt-llm/release",
    tag="1.2.1",
    digest="sha256:33cd085b772947bd22b7273886539331420404e5d2a4a039945241945ff927b9",
    carries="TensorRT-LLM 1.2.1, PyTorch 2.10.0a0 of NVIDIA's 25.12, CUDA 13.1, Python 3.12 on Ubuntu 24.04",
    sightings=(Sighting(project="invarlock/invarlock", file="runtime/Dockerfile.tensorrt-llm"),),
)

TENSORRT_LLM_COMPAT = Base(
    repository="nvcr.io/nvidia/tensorrt-llm/release",
    tag="1.0.0",
    digest="sha256:e0d966e2daec1827046dd30c6143b39c947ef06ed3fb9ef9469c83a8643b29d7",
    carries="TensorRT-LLM 1.0.0, PyTorch 2.8.0a0 of NVIDIA's 25.06, CUDA 12.9, Python 3.12 on Ubuntu 24.04",
    sightings=(Sighting(project="atharva-m/InferScale", file="scripts/build-release-images.sh"),),
)

VLLM = Base(
    repository="docker.io/vllm/vllm-openai",
    tag="v0.28.0-cu129",
    digest="sha256:50509e700235cea487715cedeb501d20a1cd15fa6a54ce93688284bd0d96995d",
    carries="vLLM 0.28.0 built for CUDA 12.9, Python 3.12; the digest is the linux/amd64 manifest's",
    sightings=(Sighting(project="fishensw/VLLM-SM75", file="docker/build-v0.1.2.sh"),),
)

BASES = (PYTHON, DISTROLESS, TENSORRT_LLM, TENSORRT_LLM_COMPAT, VLLM)
