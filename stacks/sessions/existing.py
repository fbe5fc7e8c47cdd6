"""Looks up, before a program runs, what its account has already of the things that exist once. It writes nothing.

What the stack's own state has stays the stack's, so that every `up` after the first decides as the first did.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from codekeep_contracts.faults import UsageFault

from components.arns import arn
from components.existing import Existing
from components.identity.service_role import AUTO_SCALING, OPENSEARCH
from policies.live.account import Account
from stacks.engines.engine import Engine
from stacks.project import Project
from stacks.sessions.account import account_of
from stacks.sessions.preconditions import require_valid_spec
from stacks.spec import Spec

ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"
OWN = (ANALYZER, "aws:guardduty/detector:Detector", "aws:iam/serviceLinkedRole:ServiceLinkedRole")
ACTIONS = "access-analyzer:ListAnalyzers, guardduty:ListDetectors and iam:ListRoles"


def existing_of(project: Project, stack: str, engine: Engine) -> Existing:
    """What `up` of a stack would find; nothing for a stack of another project that contains no spec.

    Raises:
        UsageFault, Fault: as `find_existing`, or there is no such stack, or its spec has problems.
    """
    project.stack_file(stack)
    spec = require_valid_spec(project, stack)
    return Existing() if spec is None else find_existing(engine, spec, stack)


def find_existing(engine: Engine, spec: Spec, stack: str) -> Existing:
    """What others than the stack made in its account.

    Raises:
        UsageFault: the spec says that the account has a detector, and it has none.
        Fault: the account did not answer.
    """
    own = _own(engine.state(stack))
    with account_of(engine, spec, "did not say what it has of the things that exist once", ACTIONS) as account:
        detectors = _detectors(account)
        found = Existing(
            detectors={region: each for region, each in detectors.items() if each not in own},
            analyzers={
                region: each
                for region in _regions(spec)
                for each in _analyzers(engine, account, region)
                if each not in own
            },
            service_roles={
                service: each
                for service in (AUTO_SCALING, OPENSEARCH)
                for each in _service_roles(account, service)
                if each not in own
            },
        )
    if spec.account.has_detectors and not detectors:
        raise UsageFault(
            f"account.has_detectors: got true, and account {spec.account.id} has no GuardDuty detector in "
            f"{spec.regions.primary}; allowed: true where there is one; remedy: leave the key "
            "out, and the keep makes one"
        )
    return found


def _regions(spec: Spec) -> list[str]:
    """Those with an analyzer."""
    return sorted({spec.regions.primary, *getattr(spec.regions, "allowed", ())})


def _own(state: Mapping[str, Any] | None) -> set[str]:
    """Ids and ARNs of what the stack made itself."""
    resources = (state or {}).get("deployment", {}).get("resources", ())
    mine = [each for each in resources if each["type"] in OWN and not each.get("external")]  # adopted ones are external
    return {str(name) for each in mine for name in (each.get("id"), each.get("outputs", {}).get("arn")) if name}


def _detectors(account: Account) -> dict[str, str]:
    found = account.client("guardduty", None).list_detectors()["DetectorIds"]
    return {account.region: found[0]} if found else {}


def _analyzers(engine: Engine, account: Account, region: str) -> Iterator[str]:
    """ARNs of the region's analyzers of external access to the account; a stand-in only records them."""
    if not engine.emulates(ANALYZER):
        for each in engine.recorded(ANALYZER, account.account_id, region):
            if each.get("type", "ACCOUNT") == "ACCOUNT":
                name = f"analyzer/{each['analyzerName']}"
                yield arn("access-analyzer", name, region=region, account_id=account.account_id)
        return
    pages = account.client("accessanalyzer", region).get_paginator("list_analyzers").paginate(type="ACCOUNT")
    yield from (each["arn"] for page in pages for each in page["analyzers"])


def _service_roles(account: Account, service: str) -> Iterator[str]:
    """ARN of the role of a service, which is under the service's path. Another of it has a suffix of its owner's."""
    pages = account.client("iam", None).get_paginator("list_roles").paginate(PathPrefix=f"/aws-service-role/{service}/")
    yield from (each["Arn"] for page in pages for each in page["Roles"] if "_" not in each["RoleName"])
