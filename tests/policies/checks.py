"""A check of one stack by our own rules, as if there were no other stack."""

from collections.abc import Sequence
from datetime import date

from policies.checker import Subject, checker_of, judge_by_rules
from policies.report import Run, report_of, run_of
from policies.rule import Rule
from policies.waivers import Coverage, Waiver


def check(subject: Subject, rules: Sequence[Rule], waivers: Sequence[Waiver] = (), *, today: date) -> Run:
    report = report_of(subject, rules, [judge_by_rules(subject, rules)], waivers, today)
    alone = frozenset({subject.stack})
    checkers = frozenset(checker_of(rule.id) for rule in rules)
    return run_of([report], (), waivers, today=today, coverage=Coverage(judged=alone, known=alone, checkers=checkers))
