"""Brings repositories into the index: fetch, screen, parse, write, embed."""

from codekeep_runtime.ingest.ingest import Ingest
from codekeep_runtime.ingest.manifest import Manifest
from codekeep_runtime.ingest.progress import Phase, Progress
from codekeep_runtime.ingest.source import Source

__all__ = ["Ingest", "Manifest", "Phase", "Progress", "Source"]
