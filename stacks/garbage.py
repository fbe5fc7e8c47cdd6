"""How often Python looks for garbage in a process that makes millions of objects which live until its end."""

import gc

ALLOCATIONS, YOUNG, MIDDLE = 50_000, 20, 100  # Python's own: 700, 10, 10


def collect_rarely() -> None:
    """What was made so far is never searched again: that took up to two thirds of a program's time."""
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, YOUNG, MIDDLE)
