"""Every problem has a message with path, value, allowed values and remedy."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.spec import check, check_platform
from tests.stacks.documents import DELETE, changed, document

SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f60718"


@dataclass(frozen=True, kw_only=True)
class Case:
    """Changes to a valid spec and the one problem they make."""

    name: str
    change: dict[str, Any]
    path: str
    got: str
    allowed: str
    remedy: str
    base: str = "demo"
    others: tuple[str, ...] = ()  # paths of problems that follow from the same change


class _Loader(yaml.SafeLoader):
    """YAML with the tag !remove for keys that a change removes."""


_Loader.add_constructor("!remove", lambda *_: DELETE)


def _cases() -> list[Case]:
    table = yaml.load((Path(__file__).parent / "problems.yaml").read_text(), Loader=_Loader)  # noqa: S506 - a SafeLoader
    return [Case(**entry) for entry in (*table["fields"], *table["rules"])]


CASES = _cases()


@pytest.mark.parametrize("wrong", CASES, ids=lambda wrong: wrong.name)
def test_a_problem_names_its_path_the_value_the_allowed_and_the_remedy(wrong: Case) -> None:
    changed_spec = document(wrong.base)
    for path, value in wrong.change.items():
        changed_spec = changed(changed_spec, path, value)
    judge = check_platform if wrong.base.startswith("platform") else check

    problems = judge(changed_spec, "some.yaml")

    named = [problem for problem in problems if problem.path == wrong.path and wrong.allowed in problem.allowed]
    assert len(named) == 1, [str(problem) for problem in problems]
    assert wrong.got in named[0].got
    assert wrong.remedy in named[0].remedy
    assert str(named[0]).startswith(f"some.yaml: {wrong.path}: got ")
    assert {problem.path for problem in problems} == {wrong.path, *wrong.others}


def test_the_cases_cover_more_than_forty_problems() -> None:
    assert len({(wrong.path, wrong.allowed) for wrong in CASES}) >= 100
    assert len({wrong.name for wrong in CASES}) == len(CASES)


@pytest.mark.parametrize("stack", ["demo", "acme", "pico"])
def test_the_shipped_tenants_have_no_problem(stack: str) -> None:
    assert check(document(stack)) == []


def test_the_shipped_platform_has_no_problem() -> None:
    assert check_platform(document("platform-eu-central-1")) == []


def test_all_problems_are_reported_at_once_including_those_between_fields() -> None:
    changed_spec = document("demo")
    for path, value in (
        ("name", "X"),
        ("retention.audit", 1),
        ("pools.1.max", "many"),
        ("git_links.0.endpoint_service", SERVICE),
        ("regions.recovery", "eu-central-1"),
        ("models.0.pool", "elsewhere"),
        ("caps.gpu_nodes", 1),
    ):
        changed_spec = changed(changed_spec, path, value)

    paths = {problem.path for problem in check(changed_spec)}

    assert {"name", "retention.audit", "pools[1].max"} <= paths  # fields
    assert {"git_links[0].endpoint_service", "regions.recovery", "caps.gpu_nodes"} <= paths  # rules beside them


def test_an_invalid_pool_is_not_reported_missing_too() -> None:
    changed_spec = changed(document("demo"), "pools.2.volume_gib", 1)  # the serving pool, which every model names
    assert [problem.path for problem in check(changed_spec)] == ["pools[2].volume_gib"]
