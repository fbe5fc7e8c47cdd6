"""`codekeep images`: the reference images, their files, locks, checks and the matrix of what runs where."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING

import click

from stacks.cli.errors import BadInputError, FailedError
from stacks.cli.home import Home
from stacks.cli.project import Project

if TYPE_CHECKING:
    from images.check import Problem
    from images.matrix import Gpu, Stack


@click.group()
def images() -> None:
    """The reference images of a keep: made from a catalogue, pinned, checked."""


@images.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(as_json: bool) -> None:
    """Print every image, what it stands on and what runs from it."""
    from images.catalog import BUILDS

    rows = [
        {
            "name": image.name,
            "variant": image.variant,
            "kind": image.kind.value,
            "platform": image.platform,
            "roles": list(image.roles),
            "base": image.base.reference,
            "stack": image.stack.name if image.stack else None,
            "cuda": image.stack.cuda if image.stack else None,
            "engine": image.stack.engine if image.stack else None,
            "dockerfile": image.dockerfile,
            "lock": image.lock,
            "sbom": image.sbom,
        }
        for image in BUILDS
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for image in BUILDS:
        what = (
            f"CUDA {image.stack.cuda}, {image.stack.engine or f'torch {image.stack.torch}'}" if image.stack else "CPU"
        )
        click.echo(f"{image.label:<40} {what:<34} {', '.join(image.roles)}")


@images.command()
def render() -> None:
    """Write the Dockerfiles, the requirements and the bills of materials that the catalogue asks for."""
    from images import render as files

    root = Project.find().root
    written = files.write(root)
    unlocked = [path for path in _locks() if not (root / path).exists()]
    if unlocked:
        raise FailedError(f"no bill of materials without locks: {', '.join(unlocked)}; run `codekeep images lock`")
    written += _sbom().write(root)
    click.echo("\n".join(written) if written else "Nothing to write: every file is as the catalogue asks.")


@images.command()
@click.argument("names", nargs=-1)
@click.option("--upgrade", is_flag=True, help="Take the newest versions that fit; else only what must change does.")
def lock(names: tuple[str, ...], upgrade: bool) -> None:
    """Resolve the requirements of the images NAMES (all, where none is given) with hashes. Needs uv."""
    from images import render as files
    from images.catalog import IMAGES
    from images.lock import LockError, make

    known: dict[str, str] = {image.name: image.lock for image in IMAGES}
    for name in names:
        if name not in known:
            raise BadInputError(f"there is no image {name}; allowed: {', '.join(known)}")
    root = Project.find().root
    files.write(root)
    try:
        make([known[name] for name in names] or _locks(), root, upgrade=upgrade)
    except LockError as error:
        raise FailedError(str(error)) from error
    _sbom().write(root)
    click.echo(f"Locked {len(names) or len(_locks())} files; read the changes by `git diff images`.")


@images.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--checkov", is_flag=True, help="Run Checkov's checks of Dockerfiles too; its first run installs it.")
@click.option("--locks", "ask_registry", is_flag=True, help="Ask the registry for every locked file. Needs uv; slow.")
@click.option("--online", is_flag=True, help="Ask the registries for every base image's digest. Needs crane.")
def check(as_json: bool, checkov: bool, ask_registry: bool, online: bool) -> None:
    """Report everything wrong with the images as they lie in the project.

    Exits with 0 where nothing is, and with 1 otherwise.
    """
    from images.check import ToolError

    root = Project.find().root
    try:
        faults = list(_faults(root, checkov=checkov, ask_registry=ask_registry, online=online))
    except ToolError as error:
        raise FailedError(str(error)) from error
    if as_json:
        rows = [{"file": each.file, "line": each.line, "check": each.check, "message": each.message} for each in faults]
        click.echo(json.dumps({"faults": rows}, indent=2))
    else:
        for each in faults:
            click.echo(str(each))
        click.echo(f"{len(faults)} faults" if faults else "Nothing wrong.")
    if faults:
        raise click.exceptions.Exit(1)


@images.command()
@click.option("--image", "name", help="An image's name; with --gpu, asks whether it runs there.")
@click.option("--variant", default="", help="Its variant, such as vllm.")
@click.option("--gpu", help="A GPU, an instance family or an instance type: L40S, g6e, g6e.12xlarge.")
@click.option("--driver", help="The node's driver, such as 580.95.05; the baseline where not given.")
@click.option("--cuda", help="The CUDA that the image must carry.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def matrix(
    name: str | None, variant: str, gpu: str | None, driver: str | None, cuda: str | None, as_json: bool
) -> None:
    """Print what goes together, or say whether one combination does; a combination outside exits with 2."""
    from images.report import as_rows, as_text

    if name is None and gpu is None and driver is None and cuda is None:
        click.echo(json.dumps(as_rows(), indent=2) if as_json else as_text())
        return
    if name is None or gpu is None:
        raise BadInputError("a combination is asked for by --image and --gpu, and by --driver and --cuda where known")
    stack, found, under = _combination(name, variant, gpu, driver, cuda)
    if as_json:
        click.echo(json.dumps({"image": name, "stack": stack.name, "gpu": found.name, "driver": under, "runs": True}))
    else:
        click.echo(f"{name} ({stack.name}, CUDA {stack.cuda}) runs on {found.name} under driver {under}.")


def _combination(name: str, variant: str, gpu: str, driver: str | None, cuda: str | None) -> tuple["Stack", "Gpu", str]:
    from images.catalog import find
    from images.matrix import BASELINE_DRIVER, MatrixError, require

    try:
        image = find(name, variant)
        if image.stack is None:
            raise MatrixError(f"{name} has no CUDA: it runs on any linux/amd64 node, and needs no GPU")
        under = driver or str(BASELINE_DRIVER)
        return image.stack, require(image.stack, gpu, under, cuda), under
    except ValueError as error:
        raise BadInputError(str(error)) from error


def _faults(root: Path, *, checkov: bool, ask_registry: bool, online: bool) -> Iterator["Problem"]:
    from images import check as checks

    _sbom()
    yield from checks.stale_files(root)
    yield from checks.bad_bills(root)
    yield from checks.bad_locks(root)
    yield from checks.linted(root)
    if checkov:
        yield from _checkov(root)
    if ask_registry:
        yield from checks.unresolved(_locks(), root)
    if online:
        yield from checks.unknown_bases()


def _checkov(root: Path) -> Iterator["Problem"]:
    from images.catalog import BUILDS
    from images.check import Problem
    from policies.checker import CheckerError
    from stacks.cli.checkov.installation import Installation
    from stacks.cli.checkov.scan import scan

    def say(line: str) -> None:
        click.echo(line, err=True)

    home = Home.of(root)
    home.prepare()
    files = {str((root / image.dockerfile).resolve()): image.dockerfile for image in BUILDS}
    try:
        with TemporaryDirectory(prefix="codekeep-checkov-") as folder:
            python = Installation(home=home.path).ready(say)
            records = scan(python, [Path(file) for file in files], Path(folder), Path(folder) / "facts.json")
    except CheckerError as error:
        raise FailedError(f"Checkov: {error}") from error
    unseen = set(files) - {record.file for record in records}
    if unseen:
        raise FailedError(f"Checkov did not judge {', '.join(sorted(files[file] for file in unseen))}")
    for record in records:
        if record.failed:
            yield Problem(file=files[record.file], check=record.check, message=record.title, line=record.line)


def _locks() -> tuple[str, ...]:
    from images.lock import locks

    return locks()


def _sbom() -> ModuleType:
    try:
        from images import sbom
    except ImportError as error:
        raise FailedError(f"{error}; bills of materials need `pip install 'codekeep[images]'`") from error
    return sbom
