"""Running the project's program the way Pulumi's language host does."""

import os
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def run_program(main: Path) -> None:
    """Runs a file or a folder's __main__.py as `__main__`, in its own folder and with that folder importable."""
    folder = main if main.is_dir() else main.parent
    with _inside(folder):
        runpy.run_path(str(main), run_name="__main__")


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before, path = Path.cwd(), list(sys.path)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        os.chdir(before)
        sys.path[:] = path
