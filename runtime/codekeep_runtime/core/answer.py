"""What an answer is made of, in the order in which it comes: Context, any number of Delta, Citations, End."""

from dataclasses import dataclass

from codekeep_runtime.core.chunk import Chunk


@dataclass(frozen=True)
class Context:
    """All chunks that the answer may hold code of. Comes first: it is audited before anything leaves."""

    chunks: tuple[Chunk, ...]


@dataclass(frozen=True)
class Delta:
    """The next piece of text."""

    text: str


@dataclass(frozen=True)
class Citation:
    """The text's mark `[number]`, the chunk it stands for, and its link on the Git host ("" without one)."""

    number: int
    chunk: Chunk
    url: str


@dataclass(frozen=True)
class Citations:
    """Those that were checked against the index."""

    citations: tuple[Citation, ...]
    dropped: int = 0  # marks that named nothing the reader may see; taken out of the text


@dataclass(frozen=True)
class End:
    """Tokens as the engine counted them."""

    prompt_tokens: int
    completion_tokens: int
    finish_reason: str = "stop"  # or "length", "unsupported" (nothing indexed answers), "access-lost", "engine-failed"
    message: str = ""  # what a failure means for the reader; never holds repository text


AnswerEvent = Context | Delta | Citations | End
