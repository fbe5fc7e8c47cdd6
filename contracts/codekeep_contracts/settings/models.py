"""The models that a keep serves."""

from typing import Annotated

from pydantic import Field

from codekeep_contracts.model import StrictModel, text_field
from codekeep_contracts.roles import ModelRole
from codekeep_contracts.text_types import Dimension, Url

ModelName = Annotated[
    str,
    text_field(
        r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9][A-Za-z0-9_.-]{0,95}$",
        "<organisation>/<model> as in the model's repository",
        "write the full name, such as Qwen/Qwen2.5-Coder-7B",
        max_length=193,
    ),
]
Revision = Annotated[
    str,
    text_field(
        r"^[0-9a-f]{40}$",
        "the full commit of the model's repository: 40 lower-case hexadecimal digits, never a branch or tag",
        "look up the commit that was evaluated and write it in full",
        max_length=40,
    ),
]
Prefix = Annotated[
    str,
    text_field(
        r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]{0,64}$",
        "up to 64 printable characters on one line",
        'copy it from the model\'s card, such as "query: " with its blank',
        max_length=64,
    ),
]


class Prefixes(StrictModel):
    """Prefixes that an embedding model was trained with; "query: " and "passage: " for E5."""

    query: Prefix = ""
    document: Prefix = ""


class ServedModel(StrictModel):
    """A model at its pinned revision, with the properties that its callers must know."""

    role: ModelRole
    name: ModelName
    revision: Revision
    context_tokens: Annotated[int, Field(ge=256, le=262144)]
    dimension: Dimension | None = None
    """Length of the vectors; of embed models only, and equal to the index's."""
    prefixes: Prefixes | None = None
    """Of embed models only. Another `document` makes all vectors anew."""
    max_replicas: Annotated[int, Field(ge=1, le=64)] = 1


class ModelSettings(ServedModel):
    """A served model, reached only inside the cluster."""

    url: Url
    requests_per_replica: Annotated[int, Field(ge=1, le=4096)]
    """Requests that one replica works on at once; what a process sends beyond `max_replicas` times that waits."""
    max_adapters: Annotated[int, Field(ge=0, le=32)]

    @property
    def max_in_flight(self) -> int:
        """Requests that all replicas together work on at once."""
        return self.requests_per_replica * self.max_replicas
