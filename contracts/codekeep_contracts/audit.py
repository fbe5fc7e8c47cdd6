"""The audit record of one access to code. Its types accept identifiers and counts and refuse any other text."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from codekeep_contracts.faults import UsageFault

IDENTIFIER = re.compile(r"[A-Za-z0-9._:/@+-]{0,128}")
HEX = re.compile(r"[0-9a-f]{1,64}")
LIST_MAX = 10_000


class Purpose(StrEnum):
    CHAT = "chat"
    AUTOCOMPLETE = "autocomplete"
    SEARCH = "search"
    SYMBOLS = "symbols"
    REVIEW = "review"
    FINETUNE = "finetune"


class Verdict(StrEnum):
    SERVED = "served"  # written before anything leaves; a chat has a second record when it ends
    ANSWERED = "answered"
    REFUSED = "refused"
    UNSUPPORTED = "unsupported"
    REVOKED = "revoked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """Who was shown what, when and on which grounds. Contains no code and no question.

    Raises:
        UsageFault: a field is not an identifier, hex, count or time of its kind. The value is not in the message.
    """

    time: datetime  # with a time zone
    reader_id: str
    team: str  # "" where no grant let them in
    purpose: Purpose
    verdict: Verdict
    request_id: str
    repository_ids: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    chunk_ids: tuple[str, ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    duration_ms: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "purpose", _one_of(Purpose, self.purpose, "purpose"))
        object.__setattr__(self, "verdict", _one_of(Verdict, self.verdict, "verdict"))
        if self.time.tzinfo is None:
            raise UsageFault("time of an audit record must have a time zone")
        for name in ("reader_id", "team", "request_id"):
            if not IDENTIFIER.fullmatch(getattr(self, name)):
                raise UsageFault(f"{name} of an audit record must match {IDENTIFIER.pattern}")
        for name in ("repository_ids", "commits", "chunk_ids"):
            values = getattr(self, name)
            if len(values) > LIST_MAX or not all(HEX.fullmatch(value) for value in values):
                raise UsageFault(f"{name} of an audit record must be at most {LIST_MAX} strings of 1-64 hex digits")
        for name in ("prompt_tokens", "completion_tokens", "duration_ms"):
            if not 0 <= getattr(self, name) < 2**53:
                raise UsageFault(f"{name} of an audit record must be 0 or more and less than 2**53")

    def fields(self) -> dict[str, object]:
        """The fields as they are written to the audit log."""
        return {
            "time": self.time.isoformat(timespec="milliseconds"),
            "reader_id": self.reader_id,
            "team": self.team,
            "purpose": self.purpose.value,
            "verdict": self.verdict.value,
            "request_id": self.request_id,
            "repository_ids": list(self.repository_ids),
            "commits": list(self.commits),
            "chunk_ids": list(self.chunk_ids),
            "prompt_tokens": int(self.prompt_tokens),
            "completion_tokens": int(self.completion_tokens),
            "duration_ms": round(float(self.duration_ms), 3),
        }


def _one_of(kind: type[Purpose] | type[Verdict], value: str, field: str) -> Purpose | Verdict:
    try:
        return kind(value)
    except ValueError:
        raise UsageFault(f"{field} of an audit record must be one of {', '.join(kind)}") from None
