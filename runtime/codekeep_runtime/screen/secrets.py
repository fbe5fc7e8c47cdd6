"""Masks secrets in source text. Patterns run only where a cheap search has found a fixed substring."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class MaskedText:
    """`text` has as many lines as the input."""

    text: str
    count: int


class _Kind(NamedTuple):
    """Every match contains one of `hints`. Its group `value`, or else the whole match, is masked."""

    name: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]


_END = r"(?![A-Za-z0-9_-])"
_KINDS = (
    _Kind(
        "private-key",
        ("-----BEGIN ",),
        re.compile(
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?P<value>(?:(?!-----)[\s\S]){20,20000}?)"
            r"(?:-----END [A-Z0-9 ]*-----|\Z)"
        ),
    ),
    _Kind("aws-key", ("AKIA", "ASIA"), re.compile(r"(?<![A-Z0-9])A[KS]IA[A-Z2-7]{16}(?![A-Z0-9])")),
    _Kind(
        "github-token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        re.compile(rf"\b(?:gh[pousr]_[A-Za-z0-9]{{36,251}}|github_pat_[A-Za-z0-9_]{{22,255}}){_END}"),
    ),
    _Kind(
        "gitlab-token",
        ("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-"),
        re.compile(rf"\bgl(?:pat|dt|rt|cbt|ptt)-[A-Za-z0-9_-]{{20,64}}{_END}"),
    ),
    _Kind("slack-token", ("xox",), re.compile(rf"\bxox[abeoprs]-[A-Za-z0-9-]{{10,250}}{_END}")),
    _Kind(
        "slack-webhook", ("hooks.slack.com/",), re.compile(r"hooks\.slack\.com/services/(?P<value>T\w+/B\w+/\w{16,})")
    ),
    _Kind("stripe-key", ("k_live_", "k_test_"), re.compile(rf"\b[rsp]k_(?:live|test)_[A-Za-z0-9]{{16,250}}{_END}")),
    _Kind("google-key", ("AIza",), re.compile(rf"\bAIza[A-Za-z0-9_-]{{35}}{_END}")),
    _Kind("google-secret", ("GOCSPX-",), re.compile(rf"\bGOCSPX-[A-Za-z0-9_-]{{28}}{_END}")),
    _Kind("npm-token", ("npm_",), re.compile(rf"\bnpm_[A-Za-z0-9]{{36}}{_END}")),
    _Kind("pypi-token", ("pypi-AgE",), re.compile(r"\bpypi-AgE[A-Za-z0-9_-]{50,}")),
    _Kind(
        "openai-key",
        ("sk-",),
        re.compile(rf"\bsk-(?:proj-|ant-|svcacct-)?(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{{32,200}}{_END}"),
    ),
    _Kind("sendgrid-key", ("SG.",), re.compile(rf"\bSG\.[A-Za-z0-9_-]{{22}}\.[A-Za-z0-9_-]{{43}}{_END}")),
    _Kind("azure-key", ("AccountKey=",), re.compile(r"AccountKey=(?P<value>[A-Za-z0-9+/]{40,}={0,2})")),
    _Kind(
        "jwt", ("eyJ",), re.compile(rf"\beyJ[A-Za-z0-9_-]{{10,}}\.eyJ[A-Za-z0-9_-]{{10,}}\.[A-Za-z0-9_-]{{10,}}{_END}")
    ),
    _Kind(
        "bearer",
        ("Bearer ", "bearer "),
        re.compile(r"\b[Bb]earer (?P<value>(?=[A-Za-z._~+/-]*\d)[A-Za-z0-9._~+/-]{24,}=*)"),
    ),
)
_URL_PASSWORD = re.compile(r"//[^\s/:@\"'<>{}$%]{1,128}:(?P<value>[^\s/:@\"'<>{}$%*]{3,256})@[A-Za-z0-9\[]")

_NAMES = (
    "passw",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "accesskey",
    "private_key",
    "credential",
    "pwd",
)
_AFTER_NAME = re.compile(
    r"[\w.-]{0,40}[\"'`\])]{0,2}\s{0,20}(?::\s*\w{1,12}\s*=|=>|:=|=|:)\s{0,20}[a-z]{0,2}(?P<quote>[\"'`])(?P<value>[^\"'`\s\\]{6,256})(?P=quote)",
)
_BARE = re.compile(r"[\w.-]{0,40}[ \t]{0,8}[=:][ \t]{0,8}(?P<value>[A-Za-z0-9+/_.~-]{20,256}={0,2})[ \t]*(?:\r?\n|\Z)")
_WINDOW = 420  # characters searched after a name
_PLACEHOLDER = re.compile(
    r"^arn:|[<\[{(%$]|\.\.\.|\*\*|xxx|example|placeholder|changeme|change[-_]me|your[-_]|dummy|redacted|masked:|://|test|sample|default",
    re.IGNORECASE,
)
_PASSWORD_NAMES = ("passw", "pwd")
_MIN_LENGTH, _MIN_ENTROPY, _MIN_BARE_ENTROPY = 16, 3.4, 3.8  # characters, bits a character


def mask_secrets(text: str) -> MaskedText:
    """Replaces each secret by `[masked:KIND]`. Everything around it, and the number of lines, stays."""
    spans = sorted(_spans(text))
    if not spans:
        return MaskedText(text, 0)
    pieces: list[str] = []
    at = count = 0
    for start, end, kind in spans:
        if start < at:
            continue  # inside a masked one
        pieces += [text[at:start], f"[masked:{kind}]", "\n" * text.count("\n", start, end)]
        at = end
        count += 1
    return MaskedText("".join([*pieces, text[at:]]), count)


def _spans(text: str) -> Iterator[tuple[int, int, str]]:
    for kind in _KINDS:
        if any(hint in text for hint in kind.hints):
            for match in kind.pattern.finditer(text):
                yield *_place(match), kind.name
    if "@" in text and "://" in text:
        for at in _places(text, "://"):
            password = _URL_PASSWORD.match(text, at + 1)
            if password and not _PLACEHOLDER.search(password["value"]):
                yield *password.span("value"), "url-password"
    yield from _assigned_secrets(text)


def _assigned_secrets(text: str) -> Iterator[tuple[int, int, str]]:
    """Values assigned to names that suggest a secret."""
    lowered = text.lower() if text.isascii() else text.translate(_LOWER)
    for name in _NAMES:
        is_secret: Callable[[str], bool] = _is_password if name in _PASSWORD_NAMES else _is_random
        for at in _places(lowered, name):
            after, end = at + len(name), at + _WINDOW
            match = _AFTER_NAME.match(text, after, end)
            if match and is_secret(match["value"]):
                yield *match.span("value"), "assigned"
            elif not match and (bare := _BARE.match(text, after, end)) and _is_random(bare["value"], _MIN_BARE_ENTROPY):
                yield *bare.span("value"), "assigned"


_LOWER = {ordinal: ordinal + 32 for ordinal in range(ord("A"), ord("Z") + 1)}  # lower() may change the length


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))


def _place(match: re.Match[str]) -> tuple[int, int]:
    return match.span("value") if "value" in match.re.groupindex else match.span()


def _is_password(value: str) -> bool:
    """Whether it mixes letters with digits or signs; plain words and names do not."""
    if _PLACEHOLDER.search(value) or not any(each.isalpha() for each in value):
        return False
    return any(each.isdigit() or each in "!@#^&*+?~" for each in value)


def _is_random(value: str, least: float = _MIN_ENTROPY) -> bool:
    """Whether it is long, mixes digits and letters, and has high entropy."""
    if len(value) < _MIN_LENGTH or _PLACEHOLDER.search(value):
        return False
    if sum(each.isdigit() for each in value) < 2 or not any(each.isalpha() for each in value):
        return False
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values()) >= least
