"""Prometheus metrics of the engines in the serving images: where they are, and their names. engine_metrics.yaml has
the facts and their sources.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from images.serving.architectures import Engine


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Metric(_Facts):
    """One metric, named as a scrape shows it; a histogram's series add `_bucket`, `_sum` and `_count`."""

    name: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_:]*$")]
    kind: Literal["gauge", "counter", "histogram"]
    labels: tuple[str, ...]


class EngineMetrics(_Facts):
    """Metrics that one release of an engine exports under `path`, if its option `needs` is on."""

    engine: Engine
    release: str  # major.minor
    path: str
    needs: str | None = None
    source: str  # repository and file
    revision: str  # what of the repository was read
    read: date
    metrics: Annotated[tuple[Metric, ...], Field(min_length=1)]


ENGINE_METRICS: Final[Mapping[Engine, EngineMetrics]] = {
    known.engine: known
    for known in TypeAdapter(tuple[EngineMetrics, ...]).validate_python(
        yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    )
}
