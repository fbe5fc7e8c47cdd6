"""The last check of an engine's text before it leaves: no link that carries data out, no markup that a client runs."""

import re
from collections.abc import Collection

from codekeep_runtime.products.chat.prompt import RULES, Prompt

WAITING_CHARACTERS_MAX = 4_000  # for the end of their sentence

_BOUNDARY = re.compile(r"\n|(?<=[.!?])[ ]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_URL = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,20}:[/\\]{2}|\bwww\.)[^\s<>\"'`)\]]*", re.IGNORECASE)
_ACTIVE = re.compile(r"\b(?:javascript|vbscript|data|mailto):(?=\S)", re.IGNORECASE)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LINK_REMOVED = "(link removed)"


class OutputFilter:
    """Takes text as it comes and returns complete sentences and lines, so that nothing slips through between two
    deltas.

    Markdown's inline links, images and link definitions get a space in `](` and `]:`, so a client that renders markdown
    loads and follows nothing but plain addresses of the keep's Git hosts.

    Args:
        hosts: Git hosts whose addresses stay.
    """

    def __init__(self, prompt: Prompt, hosts: Collection[str]) -> None:
        self._marker = re.compile(re.escape(prompt.marker), re.IGNORECASE)
        self._hosts = frozenset(host.casefold() for host in hosts)
        self._waiting = ""

    def feed(self, text: str) -> list[str]:
        self._waiting += text
        ready = []
        while boundary := _BOUNDARY.search(self._waiting):
            ready.append(self._cleaned(self._waiting[: boundary.end()]))
            self._waiting = self._waiting[boundary.end() :]
        if (
            len(self._waiting) > WAITING_CHARACTERS_MAX
        ):  # cut at a space, which no address, mark or start of a tag contains
            cut = self._waiting.rfind(" ") + 1
            ready.append(self._cleaned(self._waiting[:cut]) if cut else "…")
            self._waiting = self._waiting[cut:] if cut else ""
        return ready

    def finish(self) -> list[str]:
        rest, self._waiting = self._waiting, ""
        return [self._cleaned(rest)] if rest else []

    def _cleaned(self, text: str) -> str:
        text = self._marker.sub("", _CONTROL.sub("", text))
        for rule in RULES:
            text = text.replace(rule, "")
        text = _ACTIVE.sub(_LINK_REMOVED, _URL.sub(self._allowed_url, text))
        text = text.replace("![", "[").replace("](", "] (").replace("]:", "] :")
        return _TAG.sub("< ", text)

    def _allowed_url(self, match: re.Match[str]) -> str:
        address = re.fullmatch(r"https://([A-Za-z0-9.-]+)(?::443)?(/[^?\\@]*)?", match[0])
        return match[0] if address and address[1].casefold() in self._hosts else _LINK_REMOVED
