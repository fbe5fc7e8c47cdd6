"""`codekeep images`."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from codekeep_contracts.faults import UsageFault

from stacks.cli.group import CommandGroup
from stacks.cli.options import json_option, stack_argument


@click.group(cls=CommandGroup)
def images() -> None:
    """Render, pin and check the reference images of a keep."""


@images.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Print every image, its base and the roles that run it."""
    from images.catalog import BUILDS

    if as_json:
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
        click.echo(json.dumps(rows, indent=2))
        return
    for image in BUILDS:
        stack = image.stack
        runs = f"CUDA {stack.cuda}, {stack.engine or f'torch {stack.torch}'}" if stack else "CPU"
        click.echo(f"{image.label:<40} {runs:<34} {', '.join(image.roles)}")


@images.command()
def render() -> None:
    """Write the Dockerfiles, the requirements and the bills of materials of the catalogue."""
    from stacks.sessions import images as session

    written = session.render(_root())
    click.echo("\n".join(written) if written else "Nothing to write: every file matches the catalogue.")


@images.command()
@click.argument("names", nargs=-1)
@click.option(
    "--upgrade", is_flag=True, help="Take the newest versions that fit. Default: change only what must change."
)
def lock(names: tuple[str, ...], upgrade: bool) -> None:
    """Resolve the requirements of the images NAMES (default: all) with hashes. Needs uv."""
    from stacks.sessions import images as session

    count = session.lock(_root(), names, upgrade=upgrade)
    click.echo(f"Locked {count} files; read the changes by `git diff images`.")


@images.command()
@json_option
@click.option("--checkov", is_flag=True, help="Run Checkov's checks of Dockerfiles too; its first run installs it.")
@click.option("--locks", "ask_registry", is_flag=True, help="Ask the registry for every locked file. Needs uv; slow.")
@click.option("--online", is_flag=True, help="Ask the registries for every base image's digest. Needs crane.")
def check(as_json: bool, checkov: bool, ask_registry: bool, online: bool) -> None:
    """Report every problem of the images in the project.

    Exits with 0 if there is none, and with 1 otherwise.
    """
    from stacks.sessions import images as session

    problems = session.check(
        _root(),
        checkov=checkov,
        ask_registry=ask_registry,
        online=online,
        on_progress=lambda text: click.echo(text, err=True),
    )
    if as_json:
        rows = [{name: getattr(each, name) for name in ("file", "line", "check", "message")} for each in problems]
        click.echo(json.dumps({"faults": rows}, indent=2))
    else:
        for each in problems:
            click.echo(str(each))
        click.echo(f"{len(problems)} problems" if problems else "No problems.")
    raise click.exceptions.Exit(int(bool(problems)))


@images.command()
@click.option("--image", "name", help="Name of an image: checks whether it runs on the GPU of --gpu.")
@click.option("--variant", default="", help="The image's variant, such as vllm.")
@click.option("--gpu", help="A GPU, an instance family or an instance type: L40S, g6e, g6e.12xlarge.")
@click.option("--driver", help="The node's driver, such as 580.95.05; default: the baseline's.")
@click.option("--cuda", help="The CUDA that the image must contain.")
@json_option
def matrix(
    name: str | None, variant: str, gpu: str | None, driver: str | None, cuda: str | None, as_json: bool
) -> None:
    """Print which images run on which GPUs. With --image and --gpu, check one combination; exits with 2 if it does not
    run.
    """
    from images.report import as_rows, as_text
    from stacks.sessions import images as session

    if not any((name, gpu, driver, cuda)):
        click.echo(json.dumps(as_rows(), indent=2) if as_json else as_text())
        return
    if name is None or gpu is None:
        raise UsageFault("check a combination by --image and --gpu; add --driver and --cuda if you know them")
    found = session.combination(name, variant, gpu, driver, cuda)
    if as_json:
        document = {name: value for name, value in asdict(found).items() if name != "cuda"}
        click.echo(json.dumps({**document, "runs": True}))
    else:
        click.echo(f"{found.image} ({found.stack}, CUDA {found.cuda}) runs on {found.gpu} under driver {found.driver}.")


@images.command()
@stack_argument
@json_option
@click.option("--lock", "locking", is_flag=True, help="Ask the sources for digests and write controller-images.json.")
@click.option("--copy", "copying", is_flag=True, help="Copy the images at their locked digests into the registry.")
def mirror(stack: str, as_json: bool, locking: bool, copying: bool) -> None:
    """Print the images of STACK's controllers: where each comes from, where it goes, and its locked digest.

    --lock and --copy need crane or skopeo; --copy needs it logged in to the keep's registry, the only one that nodes
    pull from.
    """
    from stacks.project import Project
    from stacks.sessions import mirror as session

    project = Project.find()
    if locking:
        written = session.lock(project.root, session.copies(project, stack), lambda text: click.echo(text, err=True))
        click.echo(f"Wrote {written.name}: review and commit it.", err=True)
    wanted = session.copies(project, stack)
    if copying:
        session.copy(wanted, lambda text: click.echo(text, err=True))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in wanted], indent=2))
        return
    for each in wanted:
        click.echo(f"{each.source} -> {each.target} {each.digest or 'not locked'}")


def _root() -> Path:
    from stacks.project import Project

    return Project.find().root
