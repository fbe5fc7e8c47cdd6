"""Base images (bases.yaml): each by digest, with the public files in which that digest was seen."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from pydantic import TypeAdapter

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


_BASES: Final = TypeAdapter(dict[str, Base]).validate_python(
    yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
)
PYTHON, DISTROLESS = _BASES["python"], _BASES["distroless"]
TENSORRT_LLM, TENSORRT_LLM_COMPAT, VLLM = _BASES["tensorrt_llm"], _BASES["tensorrt_llm_compat"], _BASES["vllm"]
BASES: Final = tuple(_BASES.values())
