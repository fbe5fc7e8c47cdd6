"""Parses a webhook into an event that is independent of the kind of host."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codekeep_contracts.faults import DataFault

BRANCH = "refs/heads/"
EVENT_HEADERS = {"github-enterprise": "x-github-event", "gitlab": "x-gitlab-event"}
DELIVERY_HEADERS = {"github-enterprise": "x-github-delivery", "gitlab": "x-gitlab-event-uuid"}
PUSH_EVENTS = ("push", "Push Hook")


@dataclass(frozen=True)
class PushEvent:
    """A branch of a repository moved to `commit`, or was deleted (None). `at` is the host's signed time, or None."""

    repository: str
    branch: str
    commit: str | None
    at: float | None


def is_push(kind: str, headers: Mapping[str, str]) -> bool:
    return headers.get(EVENT_HEADERS[kind]) in PUSH_EVENTS


def parse_push(kind: str, payload: Any) -> PushEvent | None:
    """The event in a webhook's payload; None for a push of a tag.

    Raises:
        DataFault: a field is missing or has another type than documented by the host.
    """
    ref = _text(payload, "ref")
    if not ref.startswith(BRANCH):
        return None
    after = _text(payload, "after")
    commit = None if set(after) == {"0"} else after
    if kind == "gitlab":
        return PushEvent(_text(payload, "project", "path_with_namespace"), ref.removeprefix(BRANCH), commit, None)
    at = _at(payload, "repository", "pushed_at")
    return PushEvent(
        _text(payload, "repository", "full_name"),
        ref.removeprefix(BRANCH),
        commit,
        float(at) if isinstance(at, int) and not isinstance(at, bool) else None,
    )


def _text(payload: Any, *path: str) -> str:
    value = _at(payload, *path)
    if not isinstance(value, str) or not value:
        raise DataFault(f"{'.'.join(path)} of a push must be text, got {type(value).__name__}")
    return value


def _at(payload: Any, *path: str) -> Any:
    for step in path:
        payload = payload.get(step) if isinstance(payload, dict) else None
    return payload
