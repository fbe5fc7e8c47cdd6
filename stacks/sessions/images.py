"""Operations on a project's reference images: render, lock, check, and match with GPUs and drivers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from codekeep_contracts.faults import Fault, UsageFault

from images import check as checks
from images import render as files
from images.catalog import BUILDS, IMAGES, find_image
from images.lock import LockError, locks, make_locks
from images.matrix import BASELINE_DRIVER, MatrixError, require_compatible
from policies.checker import CheckerError
from stacks.home import Home
from stacks.sessions.checkov.installation import Installation
from stacks.sessions.checkov.scan import scan


@dataclass(frozen=True, kw_only=True)
class Combination:
    """An image that runs on a GPU under a driver."""

    image: str
    stack: str
    cuda: str
    gpu: str
    driver: str


def render(root: Path) -> list[str]:
    """Writes the Dockerfiles, requirements and bills of materials of the catalogue; returns the files that changed.

    Raises:
        Fault: a lock is missing, or CycloneDX.
    """
    written = list(files.write(root))
    if missing := [path for path in locks() if not (root / path).exists()]:
        raise Fault(f"no bill of materials without locks: {', '.join(missing)}; run `codekeep images lock`")
    return [*written, *_sbom().write(root)]


def lock(root: Path, names: Sequence[str] = (), *, upgrade: bool = False) -> int:
    """Resolves the requirements of the named images, or of all; returns the number of locks.

    Raises:
        UsageFault: there is no image of a name.
        Fault: uv is missing, or the requirements do not resolve.
    """
    known: dict[str, str] = {image.name: image.lock for image in IMAGES}
    for name in names:
        if name not in known:
            raise UsageFault(f"there is no image {name}; allowed: {', '.join(known)}")
    files.write(root)
    chosen = [known[name] for name in names] or locks()
    try:
        make_locks(chosen, root, upgrade=upgrade)
    except LockError as error:
        raise Fault(str(error)) from error
    _sbom().write(root)
    return len(chosen)


def check(
    root: Path, *, checkov: bool, ask_registry: bool, online: bool, on_progress: Callable[[str], None]
) -> list[checks.Problem]:
    """Everything wrong with the images as they are in the project.

    Raises:
        Fault: a tool that a check needs is missing or failed.
    """
    _sbom()
    try:
        return [
            *checks.stale_files(root),
            *checks.invalid_bills(root),
            *checks.lock_problems(root),
            *checks.hadolint_findings(root),
            *(_checkov(root, on_progress) if checkov else ()),
            *(checks.unresolvable_locks(locks(), root) if ask_registry else ()),
            *(checks.unknown_bases() if online else ()),
        ]
    except checks.ToolError as error:
        raise Fault(str(error)) from error


def combination(name: str, variant: str, gpu: str, driver: str | None, cuda: str | None) -> Combination:
    """Whether an image runs on a GPU: an instance type, a family or the GPU itself.

    Raises:
        UsageFault: it does not run there, or one of the names is unknown.
    """
    under = driver or str(BASELINE_DRIVER)
    try:
        stack = find_image(name, variant).stack
        if stack is None:
            raise MatrixError(f"{name} has no CUDA: it runs on any linux/amd64 node, and needs no GPU")
        found = require_compatible(stack, gpu, under, cuda)
    except ValueError as error:
        raise UsageFault(str(error)) from error
    return Combination(image=name, stack=stack.name, cuda=stack.cuda, gpu=found.name, driver=under)


def _checkov(root: Path, on_progress: Callable[[str], None]) -> Iterator[checks.Problem]:
    home = Home.of(root)
    home.prepare()
    paths = {str((root / image.dockerfile).resolve()): image.dockerfile for image in BUILDS}
    try:
        with TemporaryDirectory(prefix="codekeep-checkov-") as folder:
            python = Installation(home=home.path).ready(on_progress)
            records = scan(python, [Path(file) for file in paths], Path(folder), Path(folder) / "facts.json")
    except CheckerError as error:
        raise Fault(f"Checkov: {error}") from error
    if unseen := paths.keys() - {record.file for record in records}:
        raise Fault(f"Checkov did not judge {', '.join(sorted(paths[file] for file in unseen))}")
    for record in records:
        if record.failed:
            yield checks.Problem(file=paths[record.file], check=record.check, message=record.title, line=record.line)


def _sbom() -> ModuleType:
    try:
        from images import sbom
    except ImportError as error:
        raise Fault(f"{error}; bills of materials need `pip install 'codekeep[images]'`") from error
    return sbom
