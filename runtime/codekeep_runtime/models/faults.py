"""Exceptions of models and their engines."""

from codekeep_contracts.faults import Fault, UsageFault


class EngineFault(Fault):
    """An engine did not answer. The message never contains text of the engine.

    Args:
        message: what happened, and what to do about it.
        is_transient: the same request may succeed later.
        retry_after: seconds that the engine asks to wait, 0 where it does not say.
    """

    def __init__(self, message: str, *, is_transient: bool = True, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.is_transient, self.retry_after = is_transient, retry_after


class UnknownModelFault(UsageFault):
    """A request names a model that the keep does not serve. The message lists what it serves."""
