"""The models that the keep serves."""

from typing import Annotated, Literal

from pydantic import Field

from codekeep_runtime.settings.base import Dimension, SettingsModel, Url

Role = Literal["chat", "autocomplete", "embed", "rerank"]
Prefix = Annotated[
    str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]{0,64}$", max_length=64)
]


class Prefixes(SettingsModel):
    """What an embedding model was trained to find before a text."""

    query: Prefix = ""
    document: Prefix = ""


class ModelSettings(SettingsModel):
    """A served model at its pinned revision, reached only inside the cluster."""

    role: Role
    name: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9][A-Za-z0-9_.-]{0,95}$", max_length=193)
    ]
    revision: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$", max_length=40)]
    url: Url
    context_tokens: Annotated[int, Field(ge=256, le=262144)]
    dimension: Dimension | None
    prefixes: Prefixes | None
    max_adapters: Annotated[int, Field(ge=0, le=32)]
