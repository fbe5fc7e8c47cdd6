"""The base of every document that crosses a border: strict, frozen and closed."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class StrictModel(BaseModel):
    """No silent conversion, no change after construction, and no unknown key: it may be a rule that would then not be
    enforced. Errors never repeat the value they refuse.
    """

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )


def text_field(pattern: str, allowed: str, remedy: str, *, max_length: int = 253) -> Any:
    """The field of a string type.

    Args:
        pattern: of Rust's regex crate, which pydantic uses: linear time.
        allowed: what is allowed, as error messages put it.
        remedy: what to do about a wrong value.
        max_length: of the text, in characters.
    """
    return Field(pattern=pattern, max_length=max_length, description=allowed, json_schema_extra={"x-remedy": remedy})
