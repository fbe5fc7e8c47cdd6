"""A program that fails half-way."""

from tests.sandbox.engine.programs.things import Thing

Thing("made", value="1")


def helper() -> None:
    raise RuntimeError("the program's own fault")


helper()
