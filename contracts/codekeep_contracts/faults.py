"""Errors a person can act on, and the exit code with which each ends a command or a pod."""

from typing import Final


class Fault(Exception):  # noqa: N818 - it need not be an error of ours
    """Base of our exceptions: something is wrong outside this program. The message is for the caller's terminal; it
    never goes to a log.

    Args:
        message: names the field, the value got, what is allowed and the remedy; never contains repository text.
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


FINAL_EXIT_CODES: Final = tuple(fault.exit_code for fault in (UsageFault, DataFault, AccessFault, SettingsFault))
"""A Job that ends with one of these is not tried again: another attempt fails in the same way."""
