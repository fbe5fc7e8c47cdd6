"""Checks the committed images: stale files, broken locks, wheels of another CUDA, findings of hadolint."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from images.bases import BASES
from images.catalog import BUILDS, IMAGES, Image, Kind
from images.lock import LockError, Pin, check_resolves, parse
from images.matrix import BASELINE_CUDA
from images.render import ROOT, rendered_files

CUDA_RUNTIME = "nvidia-cuda-runtime-cu12"
TIMEOUT_SECONDS = 120


class ToolError(RuntimeError):
    """A tool that a check needs is missing or failed, so the check did not run."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong in one file."""

    file: str
    check: str
    message: str
    line: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.check}: {self.message}"


def stale_files(root: Path = ROOT) -> Iterator[Problem]:
    """Rendered files and bills of materials that differ from what the catalogue and the locks produce."""
    from images.sbom import bills  # noqa: PLC0415 - an extra brings CycloneDX

    for path, text in {**rendered_files(), **bills(root)}.items():
        file = root / path
        if not file.exists():
            yield Problem(file=path, check="stale", message="is missing; run `codekeep images render`")
        elif file.read_text() != text:
            yield Problem(file=path, check="stale", message="is not as rendered; run `codekeep images render`")


def invalid_bills(root: Path = ROOT) -> Iterator[Problem]:
    """Bills of materials that are invalid against CycloneDX's schema."""
    from images.sbom import schema_error  # noqa: PLC0415 - an extra brings CycloneDX

    for image in BUILDS:
        if error := schema_error((root / image.sbom).read_text()):
            yield Problem(file=image.sbom, check="cyclonedx", message=error)


def lock_problems(root: Path = ROOT) -> Iterator[Problem]:
    """Locks that lack a requirement, have a version outside its range, or contain another CUDA."""
    for image in IMAGES:
        try:
            pins = parse((root / image.lock).read_text())
        except LockError as error:
            yield Problem(file=image.lock, check="lock", message=str(error))
            continue
        for message in (*unmet_requirements(image.requirements, pins), *wrong_cuda_wheels(image, pins)):
            yield Problem(file=image.lock, check="lock", message=f"{message}; run `codekeep images lock`")


def unmet_requirements(requirements: list[str] | tuple[str, ...], pins: tuple[Pin, ...]) -> Iterator[str]:
    """One sentence for each requirement that the pins do not meet."""
    versions = {canonicalize_name(pin.name): pin.version for pin in pins}
    for text in requirements:
        wanted = Requirement(text)
        found = versions.get(canonicalize_name(wanted.name))
        if found is None:
            yield f"{text} is not locked"
        elif not wanted.specifier.contains(found, prereleases=True):
            yield f"{text} is locked at {found}"


def wrong_cuda_wheels(image: Image, pins: tuple[Pin, ...]) -> Iterator[str]:
    """One sentence for each wheel that we choose and that is of another CUDA than the baseline."""
    versions = {pin.name: pin.version for pin in pins}
    runtime = versions.get(CUDA_RUNTIME)
    if image.kind is Kind.CUDA and (runtime is None or not runtime.startswith(f"{BASELINE_CUDA}.")):
        yield f"{CUDA_RUNTIME} must be {BASELINE_CUDA}.x, the baseline, got {runtime or 'none'}"
    for name in versions:
        if name.startswith("nvidia-") and (image.kind is not Kind.CUDA or not name.endswith("-cu12")):
            yield f"{name} does not belong to the baseline CUDA {BASELINE_CUDA}"


def hadolint_findings(root: Path = ROOT) -> Iterator[Problem]:
    """Runs hadolint with all of its rules and returns its findings.

    Raises:
        ToolError: hadolint is missing or failed.
    """
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if hadolint is None:
        raise ToolError("hadolint is not installed; run `pip install 'codekeep[images]'`")
    files = [image.dockerfile for image in BUILDS]
    done = subprocess.run(  # noqa: S603 - our own arguments
        [hadolint, "--no-color", "--format", "json", *files],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
    if not done.stdout.strip():
        raise ToolError(f"hadolint ended with exit code {done.returncode}: {done.stderr.strip()}")
    for found in json.loads(done.stdout):
        yield Problem(file=found["file"], check=found["code"], message=found["message"], line=found["line"])


def unresolvable_locks(paths: tuple[str, ...], root: Path = ROOT) -> Iterator[Problem]:
    """Locks whose files the registry no longer has for their platform. Asks the registry; slow."""
    for path in paths:
        try:
            check_resolves(path, root)
        except LockError as error:
            yield Problem(file=path, check="resolve", message=str(error))


def unknown_bases() -> Iterator[Problem]:
    """Bases whose registry does not have the digest. Asks the registries with crane.

    Raises:
        ToolError: crane is missing.
    """
    crane = shutil.which("crane")
    if crane is None:
        raise ToolError("crane is not on PATH; install it (github.com/google/go-containerregistry) to ask registries")
    for base in BASES:
        image = f"{base.repository}@{base.digest}"
        done = subprocess.run(  # noqa: S603 - our own arguments
            [crane, "manifest", image], capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
        )
        if done.returncode != 0:
            yield Problem(file="images/bases.yaml", check="digest", message=f"{image}: {done.stderr.strip()}")
