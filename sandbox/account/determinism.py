"""Makes moto's ids a function of the account's epoch and a request's number and time: a replay gives the same ids."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from moto.core import base_backend, responses
from moto.moto_api._internal import mock_random
from moto.utilities import aws_headers


class Randomness:
    """The source of everything random in moto."""

    def __init__(self, epoch: str) -> None:
        self._epoch = epoch
        self._time = 0.0

    def start(self, request_number: int, time: float) -> None:
        """Seeds the source for one request, which arrived at this Unix time."""
        self._time = time
        mock_random.seed(f"{self._epoch}:{request_number}")
        self._fresh = mock_random.getstate()

    @property
    def was_used(self) -> bool:
        """Whether the current request used the source."""
        return bool(mock_random.getstate() != self._fresh)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What the block draws does not count for the request: at a replay the service may be loaded already."""
        before = mock_random.getstate()
        try:
            yield
        finally:
            mock_random.setstate(before)

    def seed_new_backends(self) -> None:
        """Seeds each backend separately, since a region's default network has random ids and is made at first use.

        Afterwards the request's random source continues as before.
        """
        original = base_backend.AccountSpecificBackend.__getitem__
        epoch = self._epoch

        def seeded(backends: Any, region: str) -> Any:
            if region in backends.keys():  # noqa: SIM118 - its __contains__ means something else
                return original(backends, region)
            with self.apart():
                mock_random.seed(f"{epoch}:{backends.service_name}:{backends.account_id}:{region}")
                return original(backends, region)

        base_backend.AccountSpecificBackend.__getitem__ = seeded

    def leave_request_ids_out(self) -> None:
        """Draws the random id of each answer apart, or every read would count as a request that created something."""
        original = aws_headers.gen_amzn_requestid_long

        def apart(headers: dict[str, Any] | None = None) -> Any:
            with self.apart():
                return original(headers)

        aws_headers.gen_amzn_requestid_long = responses.gen_amzn_requestid_long = apart

    def name_access_logs_by_request_time(self) -> None:
        """S3's access logs are objects whose keys contain the time. With another time at a replay, a recorded deletion
        would miss them, and their bucket could not be deleted.
        """
        from moto.s3 import models  # noqa: PLC0415 - loads S3

        source = self

        class RequestTime(datetime.datetime):
            @classmethod
            def now(cls, tz: datetime.tzinfo | None = None) -> "RequestTime":
                return cls.fromtimestamp(source._time, tz)

        models.datetime = SimpleNamespace(**{**vars(datetime), "datetime": RequestTime})
