"""The set-up of telemetry, which every process calls first."""

import atexit
from functools import cache
from typing import TYPE_CHECKING

from codekeep_runtime.telemetry.fields import FieldFilter
from codekeep_runtime.telemetry.log import LOG, Level

if TYPE_CHECKING:
    from codekeep_contracts.settings.document import RuntimeSettings  # everything emits, few read settings


def setup(settings: "RuntimeSettings | None" = None, *, minimum_level: Level | None = None) -> None:
    """Applies the settings' allow-list and level, and closes other ways out: library logs, tracebacks, core dumps."""
    from codekeep_runtime.telemetry import crash, foreign

    if settings is not None:
        LOG.field_filter = FieldFilter(settings.logging.allowed_fields)
        LOG.minimum_level = settings.logging.level
        LOG.constant = {**LOG.constant, "tenant": settings.tenant.name}
    if minimum_level is not None:
        LOG.minimum_level = minimum_level
    foreign.catch_all()
    crash.install()
    _export()


@cache
def _export() -> None:
    """Once per process; what is left is sent when it ends."""
    from codekeep_runtime.telemetry import otlp

    atexit.register(otlp.start())
