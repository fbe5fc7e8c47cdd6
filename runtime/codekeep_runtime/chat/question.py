"""What is asked, from the messages a client sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from codekeep_contracts.faults import UsageFault

MOST_MESSAGES = 8  # of the history that an engine sees
MOST_CHARACTERS = 8_000  # of one message


@dataclass(frozen=True)
class Message:
    role: Literal["user", "assistant"]
    content: str


def history(messages: Sequence[Mapping[str, str]]) -> tuple[Message, ...]:
    """The last messages, each cut to its bound. A client's system messages are left out: the rules are ours.

    Raises:
        UsageFault: the last message is not the user's, or is empty.
    """
    if not messages or messages[-1]["role"] != "user" or not messages[-1]["content"].strip():
        raise UsageFault("messages must end with a message of role 'user' that is not empty; put the question last")
    kept: list[Message] = []
    for message in messages:
        if message["role"] == "user":
            kept.append(Message("user", message["content"][:MOST_CHARACTERS]))
        elif message["role"] == "assistant":
            kept.append(Message("assistant", message["content"][:MOST_CHARACTERS]))
    return tuple(kept[-MOST_MESSAGES:])


def question(messages: Sequence[Message]) -> str:
    """What to search for: the last question; a short one ("and in Go?") leans on the one before it."""
    asked = [message.content for message in messages if message.role == "user"]
    return "\n".join(reversed(asked[-2:])) if len(asked[-1].split()) < 5 else asked[-1]
