"""What the settings are made of: closed, frozen, strict models and the text types that recur."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class SettingsModel(BaseModel):
    """An unknown key is a fault: it may be a rule that this release does not know how to keep."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


Arn = Annotated[str, Field(pattern=r"^arn:aws:[a-z0-9-]+:[a-z0-9-]*:[0-9]{0,12}:.{1,512}$", max_length=600)]
Url = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[^\s]*)?$", max_length=512)]
HostName = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
        max_length=253,
    ),
]
Label = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,22}[a-z0-9]$", max_length=24)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", max_length=63)]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+){1,2}-[1-9]$", max_length=20)]
TokenName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/-]{1,128}$", max_length=128)]
Port = Annotated[int, Field(ge=1, le=65535)]
Dimension = Annotated[int, Field(ge=64, le=4096)]
