"""A command group that shows our faults as click shows its own errors."""

from typing import Any

import click
from codekeep_contracts.faults import Fault


class CommandGroup(click.Group):
    """Ends with the exit code of the fault."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Fault as fault:
            click.ClickException(str(fault)).show()
            raise click.exceptions.Exit(fault.exit_code) from fault
