"""Limits how many requests an engine works on at once; the rest wait in a bounded queue."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from codekeep_contracts.log_fields import Component
from codekeep_contracts.metrics import MODEL_REQUESTS_IN_FLIGHT, MODEL_REQUESTS_QUEUED, Metric
from codekeep_contracts.roles import ModelRole

from codekeep_runtime.models.faults import EngineFault
from codekeep_runtime.telemetry.metrics import observe


class Admission:
    """First in, first out. Serves one event loop at a time.

    The scaler reads both gauges, so each exists with 0 from the start: a missing series would read as "no data".

    Args:
        role: label of the gauges, and the engine's name in errors.
        component: label of the gauges: the process that sends the requests.
        in_flight_max: requests at once; as many may wait.
    """

    def __init__(self, role: ModelRole, component: Component, in_flight_max: int) -> None:
        self._role, self._component = role, component
        self._slots, self._in_flight_max = asyncio.Semaphore(in_flight_max), in_flight_max
        self._counts: Counter[Metric] = Counter()
        for metric in (MODEL_REQUESTS_IN_FLIGHT, MODEL_REQUESTS_QUEUED):
            self._count(metric, 0)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Waits for a slot and frees it at the end. Whoever is cancelled while waiting leaves the queue.

        Raises:
            EngineFault: the queue is full.
        """
        if self._slots.locked():
            if self._counts[MODEL_REQUESTS_QUEUED] >= self._in_flight_max:
                raise EngineFault(f"the {self._role} model is busy; try again in a minute")
            with self._counted(MODEL_REQUESTS_QUEUED):
                await self._slots.acquire()
        else:
            await self._slots.acquire()
        try:
            with self._counted(MODEL_REQUESTS_IN_FLIGHT):
                yield
        finally:
            self._slots.release()

    @contextmanager
    def _counted(self, metric: Metric) -> Iterator[None]:
        self._count(metric, 1)
        try:
            yield
        finally:
            self._count(metric, -1)

    def _count(self, metric: Metric, change: int) -> None:
        self._counts[metric] += change
        observe(metric, change, component=self._component, role=self._role)
