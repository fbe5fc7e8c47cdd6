"""Options that commands share."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
as_user = click.option("--as", "user", metavar="USER", help="Read as this user. Default: the data folder's owner.")
as_team = click.option(
    "--team", "teams", multiple=True, help="Team that USER is in, by its name in the settings. Repeatable."
)


def on_platform(command: Command) -> Command:
    """--data, --settings and --embedded. The command receives the chosen `platform`."""

    def chosen(context: Any, *, embedded: bool) -> Any:
        from codekeep_runtime.platform.choose import platform_of

        return platform_of(context, embedded=embedded)

    return _located(command, "platform", chosen)


def in_context(command: Command) -> Command:
    """The same options for a command that opens no stores. It receives the `context`."""
    return _located(command, "context", lambda context, *, embedded: context)


def _located(command: Command, name: str, made: Callable[..., Any]) -> Command:
    @functools.wraps(command)
    def run(*args: Any, data: Path | None, settings: Path | None, embedded: bool, **rest: Any) -> Any:
        from codekeep_runtime.platform.context import context_of

        return command(*args, **{name: made(context_of(data, settings), embedded=embedded)}, **rest)

    for option in (
        click.option(
            "--embedded", is_flag=True, help="With settings: use this machine's own index, embedder and engine."
        ),
        click.option(
            "--settings",
            type=click.Path(path_type=Path),
            help="Settings document of a keep. Default: /etc/codekeep/settings.json if it exists.",
        ),
        click.option("--data", type=FOLDER, help="Data folder. Default: $CODEKEEP_DATA, or ~/.local/share/codekeep."),
    ):
        run = option(run)
    return run  # type: ignore[return-value]
