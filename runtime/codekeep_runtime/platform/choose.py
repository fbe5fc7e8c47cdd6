"""Chooses the platform of a process."""

from codekeep_runtime.platform.context import RuntimeContext
from codekeep_runtime.platform.port import Platform


def platform_of(context: RuntimeContext, *, embedded: bool = False) -> Platform:
    """Returns the keep's platform if there are settings, else the laptop's.

    Args:
        embedded: with settings: the laptop's stores and models under the keep's access rules, caps and logging.
    """
    if embedded or context.settings is None:
        from codekeep_runtime.platform.laptop import LaptopPlatform

        return LaptopPlatform(context)
    from codekeep_runtime.platform.keep import KeepPlatform

    return KeepPlatform(context)
