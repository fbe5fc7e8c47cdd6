"""Spec of the keys that protect a keep's data."""

from typing import Annotated, Literal

from codekeep_contracts.model import StrictModel
from pydantic import Field

from stacks.spec.text_types import KmsKeyArn

KeyedDataClass = Literal["code", "index", "model", "eval", "prompt", "audit", "log", "secret"]


class Keys(StrictModel):
    """One key per data class. `customer_held` names keys that the customer created and can withdraw."""

    rotation_days: Annotated[int, Field(ge=90, le=730)] = 365
    """Days between automatic rotations (KMS allows 90 to 2560; a keep at most two years)."""
    deletion_window_days: Annotated[int, Field(ge=7, le=30)] = 30
    customer_held: dict[KeyedDataClass, KmsKeyArn] = Field(default_factory=dict, max_length=8)
