"""The line of the program that registers a resource, found without reading every frame."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType

from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2

CONSTRUCTORS = 3  # Resource, CustomResource or ComponentResource, and the concrete class: as the SDK counts them


@contextmanager
def nearest_line_only() -> Iterator[None]:
    """Makes the SDK report only the program's nearest line for each registration, not every frame.

    Reading every frame takes the SDK as long as everything else in a registration.
    """
    before = resource._get_stack_trace
    resource._get_stack_trace = _nearest
    try:
        yield
    finally:
        resource._get_stack_trace = before


def _nearest() -> source_pb2.StackTrace:
    frame: FrameType | None = sys._getframe(1)
    constructors = 0
    while frame is not None and constructors < CONSTRUCTORS:
        constructors += frame.f_code.co_name == "__init__"
        frame = frame.f_back
    while frame is not None and not _is_program(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return source_pb2.StackTrace()
    position = source_pb2.SourcePosition(uri=_uri(frame.f_code.co_filename), line=frame.f_lineno)
    return source_pb2.StackTrace(frames=[source_pb2.StackFrame(pc=position)])


@cache
def _is_program(file: str) -> bool:
    path = Path(file)
    return path.is_absolute() and "site-packages" not in path.parts


@cache
def _uri(file: str) -> str:
    return Path(file).as_uri()
