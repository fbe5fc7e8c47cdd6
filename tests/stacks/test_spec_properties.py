"""A changed document always gives a valid spec or problems, and never a traceback."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from stacks.spec import TenantSpec, check, digest, parse
from tests.stacks.documents import document
from tests.stacks.mutations import VALUES, mutated

BASES = [document(stack) for stack in ("demo", "acme", "pico")]


@given(mutated(BASES))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_mutated_spec_is_valid_or_has_problems(changed_spec: Any) -> None:
    problems = check(changed_spec, "x.yaml")

    assert all(problem.got and problem.allowed and problem.remedy for problem in problems)
    assert all(str(problem).startswith("x.yaml") for problem in problems)
    json.dumps([problem.as_json() for problem in problems]).encode()
    if not problems:
        assert len(digest(parse(changed_spec))) == 12


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_any_other_value_has_problems(value: Any) -> None:
    assert check(value)


@given(mutated(BASES))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_model_itself_refuses_what_check_refuses(changed_spec: Any) -> None:
    """A TenantSpec that exists is valid, however it was made."""
    problems = check(changed_spec)
    try:
        TenantSpec.model_validate_json(json.dumps(changed_spec, default=str, skipkeys=True))
    except (ValidationError, ValueError):
        return
    # Only values that JSON cannot represent remain.
    assert problems == [] or any("type" in problem.got or "key" in problem.got for problem in problems)


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_digest_does_not_depend_on_key_order(random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            items = list(value.items())
            random.shuffle(items)
            return {key: shuffled(item) for key, item in items}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    assert digest(parse(shuffled(BASES[0]))) == digest(parse(BASES[0]))
