"""Request bodies: strict models with bounds, and how they are read."""

import json
from typing import Annotated, Literal, TypeVar

from codekeep_contracts.faults import UsageFault
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from codekeep_runtime.core import RepositoryId
from codekeep_runtime.index.interface import Narrowing

BODY_BYTES_MAX = 1_048_576
TEXT_CHARACTERS_MAX = 32_768  # of one message or query
KEY_CHARACTERS_MAX = 1024  # of host/owner/name

Key = Annotated[str, Field(min_length=1, max_length=KEY_CHARACTERS_MAX)]
Word = Annotated[str, Field(min_length=1, max_length=255)]


class InvalidRequestFault(UsageFault):
    """`field` is the name in our schema that is wrong, None for the body itself."""

    def __init__(self, field: str | None = None) -> None:
        super().__init__("the request is not what this route takes")
        self.field = field


class Body(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)


class NarrowedBody(Body):
    """A body that may restrict the search to some repositories, languages or branches."""

    repositories: Annotated[tuple[Key, ...], Field(max_length=100)] | None = None
    languages: Annotated[tuple[Word, ...], Field(max_length=50)] | None = None
    branches: Annotated[tuple[Word, ...], Field(max_length=100)] | None = None

    def narrowing(self) -> Narrowing:
        """A name that is not a repository's restricts to nothing, as does one that the reader may not see."""
        return Narrowing(
            repositories=None if self.repositories is None else frozenset(_repositories(self.repositories)),
            languages=None if self.languages is None else frozenset(self.languages),
            branches=None if self.branches is None else frozenset(self.branches),
        )


class SearchBody(NarrowedBody):
    query: Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS_MAX)]
    k: Annotated[int, Field(ge=1, le=100)] = 10


class Message(Body):
    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(max_length=TEXT_CHARACTERS_MAX)]


class ChatBody(BaseModel):
    """OpenAI's request. What clients send beyond these fields (temperature, tools, ...) is ignored."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", hide_input_in_errors=True)

    messages: Annotated[tuple[Message, ...], Field(min_length=1, max_length=100)]
    model: Annotated[str, Field(max_length=200)] | None = None
    stream: bool = False


Parsed = TypeVar("Parsed", bound=BaseModel)


async def parse_body(request: Request, model: type[Parsed]) -> Parsed:
    """
    Raises:
        InvalidRequestFault: not JSON of that shape.
        HTTPException: 413, more than BODY_BYTES_MAX.
    """
    raw = await _read(request)
    try:
        json.loads(raw)  # refuses deep nesting and bad encodings; the model reads the text again, strictly
        return model.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
        raise InvalidRequestFault(str(first[0]) if first and first[0] in model.model_fields else None) from None
    except (ValueError, RecursionError):
        raise InvalidRequestFault from None


async def _read(request: Request) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_BYTES_MAX:
            raise HTTPException(413)
        parts.append(part)
    return b"".join(parts)


def _repositories(keys: tuple[str, ...]) -> list[RepositoryId]:
    found = []
    for key in keys:
        try:
            found.append(RepositoryId.parse(key))
        except UsageFault:
            continue
    return found
