"""`codekeep deployer-policy`."""

import json
from pathlib import Path

import click

from stacks.cli.options import stack_argument


@click.command(name="deployer-policy")
@stack_argument
@click.option("--trust", metavar="ARN", help="Who may assume the role. Default: whom the account's own policies let.")
@click.option(
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write trust.json, policy-1.json, ... and founding.json into this folder, as the aws CLI takes them.",
)
def deployer_policy(stack: str, trust: str | None, folder: Path | None) -> None:
    """Print the trust policy and the least permissions of the role that deploys STACK.

    The permissions are for `up`, `refresh`, `destroy`, `check --live` and what runs before them: of the calls that the
    sandbox received, and those of AWS's own provider. Uses no engine and no network.

    Those to write the permissions boundary and the policies of roles without one, to empty what a new network comes
    with, and to make what only tags tell apart, are in `founding`: attach it for the first `up`, for one that changes
    these, and for `destroy`; detach it afterwards.
    """
    from stacks.project import Project
    from stacks.sessions.deployer.policy import deployer_role

    role = deployer_role(Project.find(), stack, trust)
    policies = {f"policy-{index}": each for index, each in enumerate(role.policies, start=1)}
    documents = {"trust": role.trust, **policies, "founding": role.founding}
    if folder is None:
        click.echo(json.dumps({"role": role.arn, **documents}, indent=2))
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    click.echo(f"{role.arn}: trust, {len(role.policies)} policies and the founding one in {folder}")
