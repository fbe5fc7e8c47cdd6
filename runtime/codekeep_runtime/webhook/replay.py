"""Deliveries seen lately, so that a recorded webhook sent again is refused."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST = 100_000  # deliveries remembered; about 10 MB
KEPT_SECONDS = 3_600.0
STALE_SECONDS = 900.0  # a signed time further back, or ahead, is a replay of something older than our memory


class Deliveries:
    """In memory, per replica: what another replica saw is caught by the signed time, and by ingest being idempotent."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def is_new(self, delivery: str, signed_at: float | None = None) -> bool:
        """Whether it was not seen before, and, where the host signs a time, is recent. Remembers it."""
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
        """When it could not be handed on: the host's next attempt must get through."""
        with self._lock:
            self._seen.pop(delivery, None)

    def _forget(self, now: float) -> None:
        while self._seen and (len(self._seen) >= MOST or next(iter(self._seen.values())) < now - KEPT_SECONDS):
            self._seen.popitem(last=False)
