"""Names are a contract: renaming a resource replaces somebody's infrastructure.

`tests/stacks/urns/` has every URN of the shipped stacks. Where a change is meant, write the files anew with
`python -m tests.stacks.test_urns`, and say in the commit what happens to keeps that exist: an alias keeps a renamed
resource, anything else replaces it.
"""

from pathlib import Path

import pytest

from tests.stacks.programs import PLATFORM, graph_of

FOLDER = Path(__file__).parent / "urns"
STACKS = ["demo", "acme", "pico", PLATFORM]


def urns(stack: str) -> list[str]:
    """Every URN that `codekeep graph` records, sorted."""
    return sorted(node.urn for node in graph_of(stack))


def recorded(stack: str) -> list[str]:
    return (FOLDER / f"{stack}.txt").read_text().splitlines()


@pytest.mark.parametrize("stack", STACKS)
def test_no_urn_changes_unnoticed(stack: str) -> None:
    before, after = set(recorded(stack)), set(urns(stack))
    assert len(before) >= 100
    gone = "\n".join(sorted(before - after)) or "none"
    new = "\n".join(sorted(after - before)) or "none"
    assert before == after, f"{__doc__}\nno longer there:\n{gone}\n\nnew:\n{new}"


@pytest.mark.parametrize("stack", STACKS)
def test_a_urn_is_recorded_once_and_in_order(stack: str) -> None:
    assert recorded(stack) == sorted(set(recorded(stack)))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in STACKS:
        (FOLDER / f"{name}.txt").write_text("".join(f"{urn}\n" for urn in urns(name)))
