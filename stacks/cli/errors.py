"""Exit codes, and the error that carries one."""

from enum import IntEnum

import click


class ExitCode(IntEnum):
    OK = 0
    FAILED = 1
    BAD_INPUT = 2


class BadInputError(click.ClickException):
    """What the user gave cannot be worked with; nothing was done."""

    exit_code = ExitCode.BAD_INPUT


class FailedError(click.ClickException):
    """It was tried and did not succeed."""

    exit_code = ExitCode.FAILED
