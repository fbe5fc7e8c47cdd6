"""`codekeep spec`. Starts fast: imports no Pulumi and no AWS client."""

import json
from pathlib import Path

import click

from stacks.cli.group import CommandGroup
from stacks.cli.options import json_option
from stacks.spec import PlatformSpec, Problem, SpecError, TenantSpec, digest, json_schema, load, warnings_of
from stacks.spec.notices import notices

BAD_INPUT = 2
_NEXT_LINE = "\n" + " " * len("    got      ")


@click.group(name="spec", cls=CommandGroup)
def spec() -> None:
    """Check specs of keeps and print their schema."""


@spec.command()
@click.option("--platform", is_flag=True, help="The schema of a shared platform's spec instead of a tenant's.")
def schema(platform: bool) -> None:
    """Print the JSON Schema of a spec."""
    click.echo(json.dumps(json_schema(PlatformSpec if platform else TenantSpec), indent=2))


@spec.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def check(file: Path, as_json: bool) -> None:
    """Report every problem of FILE, a spec or a stack's Pulumi.<stack>.yaml.

    Exits with 0 if there is none and with 2 otherwise. Warnings say what may be wrong, and change no exit code.
    """
    try:
        found = load(file)
    except SpecError as error:
        if as_json:
            rows = [problem.as_json() for problem in error.problems]
            click.echo(json.dumps({"file": str(file), "valid": False, "faults": rows}, indent=2))
        else:
            _show(file, "problem", error.problems)
        raise click.exceptions.Exit(BAD_INPUT) from error
    kind = "tenant" if isinstance(found, TenantSpec) else "platform"
    identity = {"kind": kind, "name": found.name, "digest": digest(found)}
    warnings, to_do = tuple(warnings_of(found, str(file))), notices(found, stack_of(file))
    if as_json:
        rows = [warning.as_json() for warning in warnings]
        result = {"file": str(file), "valid": True, **identity, "faults": [], "warnings": rows, "notices": to_do}
        click.echo(json.dumps(result, indent=2))
        return
    tier = f" ({found.tier})" if isinstance(found, TenantSpec) else ""
    click.echo(f"{file}: {kind} {found.name}{tier} is valid, digest {identity['digest']}")
    if warnings:
        _show(file, "warning", warnings)
    for each in to_do:
        click.echo(f"  to do: {each}")


def stack_of(file: Path) -> str:
    """The stack whose configuration the file is, as far as its name says."""
    return file.name.removeprefix("Pulumi.").removesuffix(".yaml") if file.name.startswith("Pulumi.") else "STACK"


def _show(file: Path, what: str, problems: tuple[Problem, ...]) -> None:
    click.echo(f"{file}: {len(problems)} {what if len(problems) == 1 else f'{what}s'}", err=True)
    for problem in problems:
        got = problem.got.replace("\n", _NEXT_LINE)  # a model's memory is listed term by term
        click.echo(f"\n  {problem.path or 'file'}", err=True)
        click.echo(f"    got      {got}", err=True)
        click.echo(f"    allowed  {problem.allowed}", err=True)
        click.echo(f"    remedy   {problem.remedy}", err=True)
