"""Messages of the ingest queue. They name repositories and commits, so the queue is encrypted with the key for code."""

from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError

from codekeep_contracts.faults import DataFault
from codekeep_contracts.model import StrictModel

VISIBLE_AGAIN_SECONDS: Final = 900
"""After this time the queue gives a message to another worker, unless its worker extends the time."""


class Push(StrictModel):
    """A branch moved: ingest the repository, all of its branches. `link` is the name of the Git link in the settings;
    `commit` is None where the branch was deleted.
    """

    kind: Literal["push"] = "push"
    version: Literal[1] = 1
    link: Annotated[str, Field(max_length=24)]
    repository: Annotated[str, Field(max_length=512)]  # <owner>/<name>
    branch: Annotated[str, Field(max_length=512)]
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")] | None


class Refresh(StrictModel):
    """Sent by the nightly schedule: ingest every repository."""

    kind: Literal["refresh"] = "refresh"
    version: Literal[1] = 1


Message = Push | Refresh
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])


def parse_message(body: str) -> Message:
    """
    Raises:
        DataFault: not a message of a version that this release knows.
    """
    try:
        return _MESSAGE.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        at = ".".join(str(step) for step in first["loc"]) or "body"
        raise DataFault(f"a queue message is wrong at {at}: {first['msg']}") from None
