"""Executables that the pulumi CLI finds as the aws and kubernetes providers, on the PATH of the sandbox's shell only.

They are no console scripts of the distribution: on a production machine those would shadow the official providers.
"""

import shlex
import sys
from pathlib import Path

PACKAGES = ("aws", "kubernetes")
EXECUTABLE = 0o755


def write_wrappers(folder: Path) -> Path:
    """Writes `pulumi-resource-<package>` for each stand-in; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        wrapper = folder / f"pulumi-resource-{package}"
        wrapper.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m sandbox.{package} "$@"\n')
        wrapper.chmod(EXECUTABLE)
    return folder
