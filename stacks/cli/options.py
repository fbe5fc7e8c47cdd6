"""Arguments and options that several commands share."""

from pathlib import Path

import click

stack_argument = click.argument("stack")

engine_option = click.option(
    "--engine",
    type=click.Choice(["auto", "pulumi", "sandbox"]),
    default="auto",
    show_default=True,
    help="pulumi: the official CLI and providers; sandbox: the local stand-in; auto: pulumi if on PATH, else sandbox.",
)

origin_option = click.option(
    "--from",
    "origin",
    type=click.Choice(["program", "state"]),
    default="program",
    show_default=True,
    help="program: run the program, without engine or network; state: read what is deployed, with every value known.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")

events_option = click.option(
    "--json", "as_json", is_flag=True, help="Print events and the summary, one JSON document a line."
)

yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask for confirmation.")

policy_option = click.option(
    "--policy-pack",
    "policy_packs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a policy pack that judges the deployment; may be given several times.",
)

policy_config_option = click.option(
    "--policy-pack-config",
    "policy_pack_configs",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON file that configures a policy pack; given once for each --policy-pack, in their order, or not at all.",
)
