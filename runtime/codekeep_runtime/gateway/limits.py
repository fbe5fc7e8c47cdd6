"""Limits each reader's requests a minute and tokens a day."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from codekeep_contracts.faults import Fault

MINUTE, DAY = 60.0, 86_400.0
READERS_MAX = 20_000  # as many as a keep may have seats


class TooManyRequestsFault(Fault):
    """A reader's limit is used up; after `seconds` there is something again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many requests or tokens; try again in {seconds} s")
        self.seconds = seconds


@dataclass
class _Used:
    allowance: float
    at: float
    tokens: int = 0
    day: int = -1


class Limits:
    """Each replica counts in its own memory: with n replicas a reader gets up to n times as much.

    Requests refill evenly over the minute, so that no burst doubles at its border; days are UTC.
    """

    def __init__(
        self, *, requests_per_minute: int, tokens_per_day: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._requests, self._tokens, self._clock = requests_per_minute, tokens_per_day, clock
        self._lock = threading.Lock()
        self._used: dict[str, _Used] = {}

    def take(self, reader_id: str) -> None:
        """Counts one request. Raises:
        TooManyRequestsFault: the minute's requests are used up.
        """
        with self._lock:
            used, now = self._of(reader_id), self._clock()
            used.allowance = min(self._requests, used.allowance + (now - used.at) * self._requests / MINUTE)
            used.at = now
            if used.allowance < 1:
                raise TooManyRequestsFault(int((1 - used.allowance) * MINUTE / self._requests) + 1)
            used.allowance -= 1

    def check_tokens(self, reader_id: str) -> None:
        """
        Raises:
            TooManyRequestsFault: the day's tokens are used up.
        """
        with self._lock:
            used, now = self._of(reader_id), self._clock()
            if used.day == int(now // DAY) and used.tokens >= self._tokens:
                raise TooManyRequestsFault(int(DAY - now % DAY) + 1)

    def spend(self, reader_id: str, tokens: int) -> None:
        with self._lock:
            used, day = self._of(reader_id), int(self._clock() // DAY)
            used.tokens = tokens + (used.tokens if used.day == day else 0)
            used.day = day

    def _of(self, reader_id: str) -> _Used:
        used = self._used.pop(reader_id, None) or _Used(self._requests, self._clock())
        self._used[reader_id] = used  # the first one is the least recently used
        if len(self._used) > READERS_MAX:
            del self._used[next(iter(self._used))]
        return used
