"""Errors a person can act on, and the exit code each ends a command with."""


class Fault(Exception):  # noqa: N818 - what is wrong need not be an error of ours
    """Something wrong outside this program. The message is for the caller's own terminal; it never goes to a log.

    Args:
        message: names the field, the value got, what is allowed and the remedy; never holds repository text.
    """

    exit_code = 1


class UsageFault(Fault):
    """A wrong command line or request: another attempt fails in the same way."""

    exit_code = 2


class DataFault(Fault):
    """Data that cannot be used (sysexits' EX_DATAERR)."""

    exit_code = 65


class AccessFault(Fault):
    """Not permitted (EX_NOPERM). Says the same whether the thing exists or not."""

    exit_code = 77


class SettingsFault(Fault):
    """The settings are wrong (EX_CONFIG)."""

    exit_code = 78
