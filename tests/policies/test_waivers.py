"""Waivers: what they cover, when they fail the run, and which messages a wrong file gets."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from policies.rule import Finding, Severity, Verdict
from policies.waivers import (
    Coverage,
    Waiver,
    WaiverError,
    apply_waivers,
    can_match_prefix,
    load_waivers,
    unused_waivers,
)

TODAY = date(2026, 11, 24)
ENTRY = {
    "rule": "key-rotation",
    "urn": "*aws:kms/key:Key::demo-*",
    "reason": "imported key material cannot rotate by itself",
    "owner": "security@example.com",
    "expires": date(2027, 3, 1),
}


def finding(rule: str = "key-rotation", name: str = "demo-code") -> Finding:
    return Finding(
        rule=rule,
        verdict=Verdict.VIOLATION,
        severity=Severity.HIGH,
        urn=f"urn:pulumi:demo::codekeep::aws:kms/key:Key::{name}",
        property="enableKeyRotation",
        message="must be true",
    )


def written(tmp_path: Path, *entries: object) -> Path:
    path = tmp_path / "waivers.yaml"
    path.write_text(yaml.safe_dump(list(entries)))
    return path


def test_a_waiver_covers_its_rule_on_its_resources_only() -> None:
    waiver = Waiver(**ENTRY)  # type: ignore[arg-type]
    outcome = apply_waivers([finding(), finding(name="acme-code"), finding(rule="other")], [waiver], TODAY)
    assert [each.finding for each in outcome.waived] == [finding()]
    assert outcome.open == (finding(name="acme-code"), finding(rule="other"))


def test_an_expired_waiver_covers_nothing_and_is_not_unused_too() -> None:
    old = Waiver(**{**ENTRY, "expires": TODAY - timedelta(days=1)})  # type: ignore[arg-type]
    outcome = apply_waivers([finding()], [old], TODAY)
    assert outcome.open == (finding(),)
    assert outcome.waived == ()
    assert unused_waivers([old], (), TODAY, covering("demo")) == ()


def covering(*judged: str, known: tuple[str, ...] = (), checkers: tuple[str, ...] = ("codekeep",)) -> Coverage:
    return Coverage(judged=frozenset(judged), known=frozenset(known), checkers=frozenset(checkers))


def test_an_unused_waiver_is_named_and_a_used_one_is_not() -> None:
    waiver = Waiver(**ENTRY)  # type: ignore[arg-type]
    assert unused_waivers([waiver], (), TODAY, covering("demo")) == (waiver,)
    assert unused_waivers([waiver], {waiver}, TODAY, covering("demo")) == ()


@pytest.mark.parametrize(
    ("urn", "rule", "coverage", "unused"),
    [
        ("urn:pulumi:demo::*", "key-rotation", covering("demo", known=("demo", "acme")), True),
        ("urn:pulumi:acme::*", "key-rotation", covering("demo", known=("demo", "acme")), False),
        ("urn:pulumi:gone::*", "key-rotation", covering("demo", known=("demo", "acme")), True),
        ("*::demo-code", "key-rotation", covering("demo", known=("demo", "acme")), False),
        ("*::demo-code", "key-rotation", covering("demo", "acme", known=("demo", "acme")), True),
        ("urn:pulumi:demo::*", "CKV_AWS_7", covering("demo"), False),
        ("urn:pulumi:demo::*", "CKV_AWS_7", covering("demo", checkers=("codekeep", "checkov")), True),
    ],
)
def test_a_waiver_is_unused_only_if_the_run_judged_all_that_it_covers(
    urn: str, rule: str, coverage: Coverage, unused: bool
) -> None:
    waiver = Waiver(**{**ENTRY, "urn": urn, "rule": rule})  # type: ignore[arg-type]
    assert bool(unused_waivers([waiver], (), TODAY, coverage)) is unused


@pytest.mark.parametrize(
    ("glob", "fits"),
    [
        ("urn:pulumi:demo::*", True),
        ("urn:pulumi:d*::codekeep::*", True),
        ("urn:*", True),
        ("*Key::demo-*", True),
        ("urn:pulumi:dem?::*", True),
        ("urn:pulumi:[a-d]*", True),
        ("urn:pulumi:demo::", True),
        ("urn:pulumi:dem*o::**x", True),
        ("urn:pulumi:demo2::*", False),
        ("urn:pulumi:acme::*", False),
        ("urn:pulumi:demo", False),
    ],
)
def test_which_stacks_a_glob_can_match(glob: str, fits: bool) -> None:
    assert can_match_prefix(glob, "urn:pulumi:demo::") is fits


def test_a_file_is_read(tmp_path: Path) -> None:
    assert load_waivers(written(tmp_path, ENTRY), TODAY) == (Waiver(**ENTRY),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rule": ""}, "rule must be text"),
        ({"urn": "**"}, "urn must name something"),
        ({"reason": "because"}, "reason must say why"),
        ({"expires": "soon"}, "expires must be a date"),
        ({"expires": date(2029, 1, 1)}, "expires must be within 366 days"),
        ({"until": 1}, "until is no field of a waiver"),
    ],
)
def test_the_message_says_what_is_wrong_with_an_entry(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(WaiverError, match=rf"\[1\]: {message}"):
        load_waivers(written(tmp_path, ENTRY, {**ENTRY, **change}), TODAY)


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(WaiverError) as raised:
        load_waivers(written(tmp_path, {"rule": "x"}, "text"), TODAY)
    assert len(str(raised.value).splitlines()) == 5


def test_a_file_that_is_no_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text("rule: x\n")
    with pytest.raises(WaiverError, match="must be a list"):
        load_waivers(path, TODAY)
