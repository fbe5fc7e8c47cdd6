"""A model behind an OpenAI-compatible server: trtllm-serve, vLLM."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx

from codekeep_runtime.chat.engine import EngineFault, Piece
from codekeep_runtime.chat.prompt import Prompt

CONNECT_SECONDS, FIRST_TOKEN_SECONDS, IDLE_SECONDS = 5.0, 60.0, 20.0


class UpstreamEngine:
    """See chat.engine.ChatEngine.

    Args:
        client: has the server's address as its base_url; belongs to the caller, who closes it.
    """

    def __init__(self, client: httpx.AsyncClient, model: str, context_tokens: int, answer_tokens: int) -> None:
        self._client = client
        self.name, self.context_tokens, self.answer_tokens = model, context_tokens, answer_tokens

    async def write(self, prompt: Prompt, cache_salt: str) -> AsyncIterator[Piece]:
        timeout = httpx.Timeout(IDLE_SECONDS, connect=CONNECT_SECONDS, read=FIRST_TOKEN_SECONDS)
        body = self._body(prompt, cache_salt)
        try:
            async with self._client.stream("POST", "/v1/chat/completions", json=body, timeout=timeout) as response:
                _check(response.status_code)
                async for data in _events(response):
                    if data == "[DONE]":
                        return
                    yield _piece(data)
        except (httpx.TimeoutException, TimeoutError):
            raise EngineFault("the model took too long to answer; try again later") from None
        except httpx.HTTPError:
            raise EngineFault("the model cannot be reached; try again later") from None
        raise EngineFault("the model's answer broke off; try again")

    def _body(self, prompt: Prompt, cache_salt: str) -> dict[str, Any]:
        history = [{"role": message.role, "content": message.content} for message in prompt.history]
        return {
            "model": self.name,
            "messages": [{"role": "system", "content": prompt.system}, *history],
            "max_tokens": self.answer_tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
            "cache_salt": cache_salt,
        }


async def _events(response: httpx.Response) -> AsyncIterator[str]:
    """The data of server-sent events; these servers write each event's data on one line."""
    lines, seconds = response.aiter_lines(), FIRST_TOKEN_SECONDS
    while True:
        async with asyncio.timeout(seconds):
            line = await anext(lines, None)
        if line is None:
            return
        if line.startswith("data:"):
            seconds = IDLE_SECONDS
            yield line.removeprefix("data:").strip()


def _check(status: int) -> None:
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise EngineFault("the model is busy; try again in a minute")
    if status != httpx.codes.OK:
        raise EngineFault(f"the model's server refused with status {status}; ask who runs the keep")


def _piece(data: str) -> Piece:
    try:
        event = json.loads(data)
        usage, choices = event.get("usage") or {}, event.get("choices") or [{}]
        return Piece(
            text=(choices[0].get("delta") or {}).get("content") or "",
            prompt_tokens=usage.get("prompt_tokens"),
            answer_tokens=usage.get("completion_tokens"),
            is_cut=choices[0].get("finish_reason") == "length",
        )
    except (ValueError, AttributeError, LookupError, TypeError):
        raise EngineFault("the model's server answered with something else than events; check its address") from None
