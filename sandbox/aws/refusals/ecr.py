"""What ECR refuses of lifecycle policies, beside the grammar that moto checks."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.aws.refusals.policy import missing_principals
from sandbox.aws.refusals.refusal import Call, Words, refusal

PUT = "PutLifecyclePolicy"
FAILED = (
    "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: "
)
GUIDE = "ECR user guide, Lifecycle policy parameters: "


@refusal(
    "ecr",
    PUT,
    code="InvalidParameterException",
    source=GUIDE + "a rule of any must have the highest rulePriority, and be one",
)
def any_image_last(call: Call) -> Words:
    rules = _rules(call)
    ranks = [each.get("rulePriority", 0) for each in rules if _status(each) == "any"]
    if not ranks or (len(ranks) == 1 and ranks[0] == max(each.get("rulePriority", 0) for each in rules)):
        return None
    return f"{FAILED}a rule with tagStatus any must be the only one and have the highest rulePriority'"


@refusal(
    "ecr",
    PUT,
    code="InvalidParameterException",
    source=GUIDE + "tagged needs tagPatternList or tagPrefixList, not both",
)
def tags_of_tagged_images(call: Call) -> Words:
    for each in _rules(call):
        selection = each.get("selection", {})
        named = [name for name in ("tagPatternList", "tagPrefixList") if selection.get(name)]
        if (_status(each) == "tagged") != (len(named) == 1):
            return (
                f"{FAILED}tagStatus {_status(each)} with "
                f"{' and '.join(named) or 'neither tagPatternList nor tagPrefixList'}'"
            )
    return None


@refusal(
    "ecr",
    PUT,
    code="InvalidParameterException",
    source=GUIDE + "countUnit is for sinceImagePushed only, and required there",
)
def units_of_counts(call: Call) -> Words:
    for each in _rules(call):
        selection = each.get("selection", {})
        by_age = selection.get("countType") in {"sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"}
        if by_age != ("countUnit" in selection):
            return f"{FAILED}countUnit goes with a countType by age, got {selection.get('countType')}'"
    return None


@refusal(
    "ecr",
    "SetRepositoryPolicy",
    code="InvalidParameterException",
    source="ECR user guide, Private repository policies: principals must exist; words: moto 5.2.5",
)
def principals_of_repository(call: Call) -> Words:
    missing = next(missing_principals(call, call.get("policyText")), None)
    if missing is None:
        return None
    return "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'"


def _rules(call: Call) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(call.get("lifecyclePolicyText") or "{}")
    except ValueError:
        return []  # moto refuses it
    return [each for each in found.get("rules", ()) if isinstance(each, Mapping)] if isinstance(found, Mapping) else []


def _status(rule: Mapping[str, Any]) -> str:
    return str(rule.get("selection", {}).get("tagStatus", ""))
