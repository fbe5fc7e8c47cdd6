"""Remembers recent deliveries, so that a recorded webhook cannot be sent again."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MAX_DELIVERIES = 100_000  # about 10 MB
REMEMBERED_SECONDS = 3_600.0
STALE_SECONDS = 900.0  # a signed time further back or ahead is a replay of a forgotten delivery


class Deliveries:
    """Recent deliveries, in memory and per replica. A replay to another replica fails by its signed time, or is
    harmless, since ingest is idempotent.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def is_new(self, delivery: str, signed_at: float | None = None) -> bool:
        """Whether it is unknown and, if the host signs a time, recent. Remembers it."""
        now = self._clock()
        if signed_at is not None and abs(now - signed_at) > STALE_SECONDS:
            return False
        with self._lock:
            self._forget(now)
            if delivery in self._seen:
                return False
            self._seen[delivery] = now
            return True

    def forget(self, delivery: str) -> None:
        """Forgets a delivery that could not be queued, so that the host's next attempt succeeds."""
        with self._lock:
            self._seen.pop(delivery, None)

    def _forget(self, now: float) -> None:
        while self._seen and (
            len(self._seen) >= MAX_DELIVERIES or next(iter(self._seen.values())) < now - REMEMBERED_SECONDS
        ):
            self._seen.popitem(last=False)
