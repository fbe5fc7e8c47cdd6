"""Records spans: how long a step took and whether it failed, without what it worked on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from codekeep_runtime.telemetry.log import LOG

_tracers: list[Any] = []  # at most one: without it a span costs nothing


def trace_by(provider: Any) -> None:
    """Starts writing spans by an OpenTelemetry TracerProvider."""
    _tracers[:] = [provider.get_tracer("codekeep")]


@contextmanager
def span(name: str, component: str, **fields: object) -> Iterator[None]:
    """Measures a step.

    Args:
        name: a literal of ours in kebab-case.
        component: as for `emit`.
        fields: as for `emit`. An exception adds its class as `error_kind`, no message and no stack.
    """
    if not _tracers:
        yield
        return
    from opentelemetry.trace import Status, StatusCode

    attributes = LOG.field_filter.allowed_fields({"component": component, **fields})
    with _tracers[0].start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as started:
        try:
            yield
        except BaseException as error:
            started.set_attributes(LOG.field_filter.allowed_fields({"error_kind": type(error).__name__}))
            started.set_status(Status(StatusCode.ERROR))
            raise
