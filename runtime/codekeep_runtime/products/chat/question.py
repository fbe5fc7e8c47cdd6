"""Extracts the question from the messages that a client sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from codekeep_contracts.faults import UsageFault

MESSAGES_MAX = 8  # of the history that an engine sees
MESSAGE_CHARACTERS_MAX = 8_000


class ClientMessage(Protocol):
    @property
    def role(self) -> Literal["system", "user", "assistant"]: ...

    @property
    def content(self) -> str: ...


@dataclass(frozen=True)
class Message:
    role: Literal["user", "assistant"]
    content: str


def history(messages: Sequence[ClientMessage]) -> tuple[Message, ...]:
    """The last messages, each cut to its bound, without a client's system messages: the rules are ours.

    Raises:
        UsageFault: the last message is not the user's, or is empty.
    """
    if not messages or messages[-1].role != "user" or not messages[-1].content.strip():
        raise UsageFault("messages must end with a message of role 'user' that is not empty; put the question last")
    kept = [
        Message(message.role, message.content[:MESSAGE_CHARACTERS_MAX])
        for message in messages
        if message.role != "system"
    ]
    return tuple(kept[-MESSAGES_MAX:])


def search_query(messages: Sequence[Message]) -> str:
    """The last question; a short one ("and in Go?") is joined to the one before it."""
    questions = [message.content for message in messages if message.role == "user"]
    return "\n".join(reversed(questions[-2:])) if len(questions[-1].split()) < 5 else questions[-1]
