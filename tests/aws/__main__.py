"""`make test-aws`: the trial in a real account. Costs money. `python -m tests.aws STACK` reads Pulumi.STACK.yaml.

Needs the pulumi CLI logged in to a backend, with a stack STACK; credentials of the spec's account that may assume the
deployer role; a way to the Kubernetes API. docs/production.md, steps 1 to 4, makes all of that.
"""

import sys
from pathlib import Path
from typing import Any

from codekeep_contracts.faults import Fault

from stacks.spec import document_in, parse
from tests.aws.account import WrongAccountError
from tests.aws.prices import NOT_INCLUDED, price_lines
from tests.aws.trial import Trial, TrialError

ROOT = Path(__file__).resolve().parents[2]


class RefusedError(Exception):
    """The trial does not begin."""


def main(arguments: list[str]) -> int:
    """0: everything was as it should be. 1: something was not, or nobody confirmed."""
    try:
        trial = prepared(arguments[0] if arguments else "test")
        confirm(trial.stack, input)
        trial.run()
    except (Fault, RefusedError, TrialError, WrongAccountError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 1
    print("The trial passed: up, smoke test, tampering seen, removed.")
    return 0


def prepared(stack: str, folder: Path = ROOT, engine: str = "pulumi") -> Trial:
    """
    Raises:
        RefusedError: there is no such spec, or it is no small keep that can be removed again.
    """
    path = folder / f"Pulumi.{stack}.yaml"
    if not path.exists():
        raise RefusedError(f"there is no {path.name}: copy tests/aws/Pulumi.test.yaml and put your account into it")
    spec = document_in(path)[1]
    parse(spec, path.name)
    if wrong := list(_not_small(spec)):
        raise RefusedError(
            f"{path.name}: {'; '.join(wrong)}: tests/aws/Pulumi.test.yaml has a spec that can be removed"
        )
    return Trial(folder=folder, stack=stack, engine=engine, spec=spec, say=lambda text: print(text, flush=True))


def confirm(stack: str, ask: Any) -> None:
    """Shows the price, and goes on only where the stack's name is typed.

    Raises:
        RefusedError: something else was typed.
    """
    print("US dollars an hour (us-east-1; the sources are in docs/production.md):", *price_lines(), sep="\n")
    print(f"Not in the sum: {NOT_INCLUDED}. GuardDuty stays on afterwards where the account had none.")
    if ask(f"Type {stack} to bring it up and remove it again: ") != stack:
        raise RefusedError("nothing was done")


def _not_small(spec: Any) -> list[str]:
    pools = [pool["name"] for pool in spec["pools"] if pool["role"] != "system" and max(pool["min"], pool["warm"]) > 0]
    checks = {
        "name: must be the stack's of a trial and begin with test": not spec["name"].startswith("test"),
        "protect: must be false": spec.get("protect", True),
        "release: must be absent": "release" in spec,
        f"pools: min and warm must be 0 in {', '.join(pools)}": bool(pools),
        "retention.audit_lock: must be governance": spec.get("retention", {}).get("audit_lock") != "governance",
    }
    return [text for text, applies in checks.items() if applies]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
