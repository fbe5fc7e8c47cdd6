"""Every refusal of the catalogue says no to one call, in AWS's words, and yes to another; its source can be checked."""

import html
import json
import re

import pytest
from botocore.exceptions import ClientError

from sandbox.aws import clients
from sandbox.aws.api import DUMMY, AwsSession
from sandbox.aws.refusals import catalogue
from sandbox.aws.refusals.gate import refuse_invalid
from sandbox.aws.refusals.refusal import Call
from tests.sandbox.aws.harness import environment
from tests.sandbox.aws.refusals.cases import ACCOUNT, CASES, REGION

REFUSALS = {entry.id: entry for entry in catalogue.entries()}
UNSEEN = 34  # refusals that name a guide by its title only
QUOTED = re.compile(r"botocore [0-9.]+, (?P<service>[a-z0-9-]+) (?P<place>[A-Za-z0-9.]+): (?P<text>[^;]+)")


class Answers:
    """Reads of one service, as a case describes the account."""

    def __init__(self, answers):
        self.answers = answers

    def __getattr__(self, operation):
        def read(**_):
            found = self.answers[operation]
            if isinstance(found, str):
                raise ClientError({"Error": {"Code": found, "Message": ""}}, operation)
            return found

        return read

    def get_paginator(self, operation):
        return Pages(self.answers[operation])


class Pages:
    def __init__(self, page):
        self.page = page

    def paginate(self, **_):
        return [self.page]


def _call(entry, operation, params, account):
    return Call(
        service=entry.service,
        operation=operation,
        params=params,
        region=REGION,
        account_id=ACCOUNT,
        client=lambda service: Answers(account[service]),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_one_call_is_refused_and_another_passes(case):
    entry = REFUSALS[case.id]
    assert case.operation in entry.operations
    answer = entry.answer(_call(entry, case.operation, case.bad, case.account))
    assert answer is not None, "accepted"
    assert case.words in answer
    better = case.account if case.better_account is None else case.better_account
    assert entry.answer(_call(entry, case.operation, case.good, better)) is None


def test_every_refusal_has_a_case_and_reported_words_are_compared():
    cases = {case.id: case for case in CASES}
    assert len(cases) == len(CASES)
    assert cases.keys() == REFUSALS.keys()
    assert len(REFUSALS) >= 40
    unsaid = [name for name, entry in REFUSALS.items() if entry.reported and not cases[name].words]
    assert not unsaid, "AWS's words are known: compare them"


def test_refusals_whose_guide_nobody_looked_up_become_fewer():
    unseen = {name for name, entry in REFUSALS.items() if not entry.seen}
    assert not any(REFUSALS[name].reported for name in unseen)
    assert len(unseen) <= UNSEEN, "read the guide, and quote it or a report in the source"


@pytest.fixture(scope="module")
def models():
    boto = clients.session()

    def model(service):
        return boto.client(
            service,
            region_name=REGION,
            endpoint_url="http://127.0.0.1:9",
            aws_access_key_id="x",
            aws_secret_access_key="x",
        ).meta.service_model

    return model


def test_refusals_name_operations_that_exist(models):
    for service in {entry.service for entry in REFUSALS.values()}:
        known = set(models(service).operation_names)
        for entry in REFUSALS.values():
            assert entry.service != service or set(entry.operations) <= known, entry.id


def test_quotations_of_botocore_stand_in_its_documentation(models):
    quoted = [(entry.id, match) for entry in REFUSALS.values() for match in QUOTED.finditer(entry.source)]
    assert len(quoted) >= 30
    for name, match in quoted:
        assert _plain(match["text"]) in _documentation(models(match["service"]), match["place"]), (name, match["text"])


def _documentation(model, place):
    """Plain text of an operation, a structure or a structure's member."""
    name, _, member = place.partition(".")
    if name in model.operation_names:
        return _plain(model.operation_model(name).documentation)
    shape = model.shape_for(name)
    return _plain(shape.members[member].documentation if member else shape.documentation)


def _plain(text):
    """The text without markup and white space."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", text)))


def test_a_catalogue_entry_answers_through_a_client(moto_endpoint):
    logs = AwsSession(moto_endpoint, DUMMY, ACCOUNT).client("logs", REGION)
    logs.create_log_group(logGroupName="refusals")
    with pytest.raises(ClientError, match=r"InvalidParameterException.*retentionInDays is 100"):
        logs.put_retention_policy(logGroupName="refusals", retentionInDays=100)
    logs.put_retention_policy(logGroupName="refusals", retentionInDays=400)


def test_look_ups_of_refusals_are_not_logged_as_calls_of_the_provider(moto_endpoint, tmp_path):
    route53 = AwsSession(moto_endpoint, DUMMY, ACCOUNT).client("route53", REGION)
    zone = route53.create_hosted_zone(Name="refusals.example", CallerReference="refusals")["HostedZone"]["Id"]
    record = {"Name": "a.refusals.example", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"x"'}]}
    log = tmp_path / "calls"
    with environment(CODEKEEP_SANDBOX_CALL_LOG=str(log)):
        changes = [{"Action": "UPSERT", "ResourceRecordSet": record}]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    assert [json.loads(line)["operation"] for line in log.read_text().splitlines()] == ["ChangeResourceRecordSets"]


def test_calls_that_are_recorded_pass_the_same_gate(moto_endpoint):
    backup = AwsSession(moto_endpoint, DUMMY, ACCOUNT).client("backup", REGION)
    cycle = {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 35}
    rule = {"RuleName": "daily", "TargetBackupVaultName": "vault", "Lifecycle": cycle}
    with pytest.raises(ClientError, match="DeleteAfterDays cannot be less than 90 days apart"):
        refuse_invalid(backup, "CreateBackupPlan", BackupPlan={"BackupPlanName": "p", "Rules": [rule]})
