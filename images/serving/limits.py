"""Limits of the work that one replica takes at once: batch, tokens a pass, captured CUDA graphs."""

from dataclasses import dataclass
from typing import Final

from images.serving.architectures import GENERATE
from images.serving.facts import ModelFacts

TOKENS_PER_BLOCK: Final = 32  # in TensorRT-LLM's key-value cache: a chunk of a prompt is a multiple
_LARGEST_BATCH: Final = 256
_SHORT_REQUESTS: Final = 4  # chat requests are a quarter of the context on average, so four take the room of one
_SMALLEST_CHAT_BATCH: Final = 16
_PASS_BY_TARGET: Final = ((1500, 8192), (700, 4096))  # smallest target in ms, tokens a pass
_SMALLEST_PASS: Final = 2048
_LARGEST_PASS: Final = 8192


@dataclass(frozen=True, kw_only=True)
class Limits:
    """`max_num_tokens` bounds one forward pass; `graph_batches` are the batch sizes with a captured CUDA graph."""

    max_batch_size: int
    max_num_tokens: int
    chunked_prefill: bool
    graph_batches: tuple[int, ...]


def limits_of(facts: ModelFacts) -> Limits:
    """Returns a role's limits. Chat: large batches, and prompts in chunks small enough for its latency target.
    Autocomplete: small batches, a prompt in one pass. Embed and rerank: as many texts as fit in a pass.
    """
    if facts.role == "chat":
        batch = min(_LARGEST_BATCH, max(_SMALLEST_CHAT_BATCH, _SHORT_REQUESTS * facts.requests_at_once))
        tokens = _pass_within(facts.latency_target_ms)
    elif facts.role == "autocomplete":
        batch = min(_LARGEST_BATCH, facts.requests_at_once)
        tokens = min(_LARGEST_PASS, _round_up_to_blocks(facts.context_tokens))
    else:
        batch = min(_LARGEST_BATCH, facts.requests_at_once)
        tokens = max(_LARGEST_PASS, facts.context_tokens)  # an encoder reads a text in one pass
    generates = facts.role in GENERATE
    return Limits(
        max_batch_size=batch,
        max_num_tokens=max(tokens, batch),
        chunked_prefill=generates and facts.context_tokens > tokens,
        graph_batches=_graph_batches(batch) if generates else (),
    )


def _pass_within(target_ms: int | None) -> int:
    """A request that decodes waits for the pass that reads another's prompt: the tighter the target, the smaller
    the pass.
    """
    if target_ms is None:
        return _LARGEST_PASS
    return next((tokens for least, tokens in _PASS_BY_TARGET if target_ms >= least), _SMALLEST_PASS)


def _round_up_to_blocks(tokens: int) -> int:
    return -(-tokens // TOKENS_PER_BLOCK) * TOKENS_PER_BLOCK


def _graph_batches(largest: int) -> tuple[int, ...]:
    sizes = [1]
    while sizes[-1] * 2 <= largest:
        sizes.append(sizes[-1] * 2)
    return (*sizes, largest) if sizes[-1] < largest else tuple(sizes)
