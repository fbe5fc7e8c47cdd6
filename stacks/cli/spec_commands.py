"""`codekeep spec`: the schema of a spec, and everything wrong with one. Starts fast: no Pulumi, no AWS client."""

import json
import sys
from pathlib import Path

import click

from stacks.spec import PlatformSpec, Problem, Spec, SpecError, TenantSpec, digest, load

BAD_INPUT = 2
_NEXT_LINE = "\n" + " " * len("    got      ")


@click.group(name="spec")
def spec() -> None:
    """Specs of keeps: their schema, and what is wrong with one."""


@spec.command()
@click.option("--platform", is_flag=True, help="The schema of a shared platform's spec instead of a tenant's.")
def schema(platform: bool) -> None:
    """Print the JSON Schema of a spec."""
    model = PlatformSpec if platform else TenantSpec
    click.echo(json.dumps(json_schema(model), indent=2))


@spec.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
def check(file: Path, as_json: bool) -> None:
    """Report every problem of FILE, a spec or a stack's Pulumi.<stack>.yaml.

    Exits with 0 where there is none and with 2 otherwise.
    """
    try:
        found = load(file)
    except SpecError as error:
        _show_problems(file, error.problems, as_json)
        sys.exit(BAD_INPUT)
    _show_summary(file, found, as_json)


def json_schema(model: type[TenantSpec] | type[PlatformSpec]) -> dict[str, object]:
    """JSON Schema (draft 2020-12) of a spec's fields; the rules between fields are `spec check`'s."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}


def _show_problems(file: Path, problems: tuple[Problem, ...], as_json: bool) -> None:
    if as_json:
        click.echo(
            json.dumps(
                {"file": str(file), "valid": False, "faults": [problem.as_json() for problem in problems]}, indent=2
            )
        )
        return
    click.echo(f"{file}: {len(problems)} {'problem' if len(problems) == 1 else 'problems'}", err=True)
    for problem in problems:
        click.echo(f"\n  {problem.path or 'file'}", err=True)
        click.echo(f"    got      {_indented(problem.got)}", err=True)
        click.echo(f"    allowed  {problem.allowed}", err=True)
        click.echo(f"    remedy   {problem.remedy}", err=True)


def _indented(text: str) -> str:
    """Further lines under the first: a model's memory is told term by term."""
    return text.replace("\n", _NEXT_LINE)


def _show_summary(file: Path, found: Spec, as_json: bool) -> None:
    kind = "tenant" if isinstance(found, TenantSpec) else "platform"
    if as_json:
        summary = {
            "file": str(file),
            "valid": True,
            "kind": kind,
            "name": found.name,
            "digest": digest(found),
            "faults": [],
        }
        click.echo(json.dumps(summary, indent=2))
        return
    tier = f" ({found.tier})" if isinstance(found, TenantSpec) else ""
    click.echo(f"{file}: {kind} {found.name}{tier} is valid, digest {digest(found)}")
