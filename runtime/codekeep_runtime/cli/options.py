"""Options that commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
as_user = click.option(
    "--as", "user", default=None, metavar="USER", help="Read as this user; without it as the data folder's owner."
)
as_team = click.option("--team", "teams", multiple=True, help="A team of the settings that USER is in.")


def placed(command: Command) -> Command:
    """--data, --settings and --embedded; the command receives them as `place`."""
    import functools

    @functools.wraps(command)
    def run(*args: Any, data: Path | None, settings: Path | None, embedded: bool, **rest: Any) -> Any:
        from codekeep_runtime.place import place

        return command(*args, place=place(data, settings, embedded=embedded), **rest)

    for option in (
        click.option(
            "--embedded", is_flag=True, help="With settings: keep to this machine's own index, embedder and engine."
        ),
        click.option(
            "--settings",
            type=click.Path(path_type=Path),
            help="RuntimeSettings of a keep. Default: /etc/codekeep/settings.json where there is one.",
        ),
        click.option(
            "--data",
            type=click.Path(path_type=Path, file_okay=False),
            help="Where everything is kept. Default: $CODEKEEP_DATA, or ~/.local/share/codekeep.",
        ),
    ):
        run = option(run)
    return run  # type: ignore[return-value]
