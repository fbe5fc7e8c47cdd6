"""The Job that opens the search domain for a keep's pods."""

import json
from dataclasses import replace
from typing import Any

import pytest
from codekeep_contracts.search_administration import SEARCH_NAMESPACE
from codekeep_contracts.search_roles import SearchRoles

from components.identity.workload import Workload
from components.identity.workload_grants import SEARCHERS, WRITERS
from tests.components.environments import dedicated, shared
from tests.components.identity.test_identity import statements
from tests.components.recording import Node, Recording, listed
from tests.components.release.namespaced import faults_of, manifest
from tests.components.release.test_runtime_release import PLAN, recorded, release

JOB, CONFIG_MAP, ROLE = "kubernetes:batch/v1:Job", "kubernetes:core/v1:ConfigMap", "aws:iam/role:Role"
WRITING = {"es:ESHttpPut", "es:ESHttpDelete"}


def job(recording: Recording[Any]) -> Node:
    return recording.one(JOB, "acme-search-roles")


def document(recording: Recording[Any]) -> SearchRoles:
    return SearchRoles.model_validate_json(
        recording.one(CONFIG_MAP, "acme-search-roles").inputs["data"]["search-roles.json"]
    )


def test_the_document_names_the_roles_of_the_pods_that_use_the_domain() -> None:
    found, recording = document(release()), release()
    arns = {node.name.removeprefix("acme-role-"): node.outputs["arn"] for node in recording.of_type(ROLE)}
    assert found.prefix == "acme_"
    assert set(found.readers) == {arns[each.value] for each in SEARCHERS}
    assert set(found.writers) == {arns[each.value] for each in WRITERS}


@pytest.mark.parametrize(("tenant", "environment"), [("acme", dedicated), ("pico", shared)])
def test_iam_and_the_domain_agree_who_reads_and_who_writes(tenant: str, environment: Any) -> None:
    actions = {
        each: {
            action
            for statement in statements(environment(), each.value, tenant)
            for action in listed(statement["Action"])
            if action.startswith("es:")
        }
        for each in Workload
    }
    assert {each for each, found in actions.items() if found & WRITING} == set(WRITERS)
    assert {each for each, found in actions.items() if found and not found & WRITING} == set(SEARCHERS)


def test_it_runs_as_the_administrator_before_every_other_pod() -> None:
    recording = release()
    found = job(recording)
    assert found.inputs["metadata"]["namespace"] == SEARCH_NAMESPACE
    pod = found.inputs["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == "index-admin"
    assert pod["automountServiceAccountToken"] is False
    assert faults_of(manifest(found)) == []
    deployments = recording.of_type("kubernetes:apps/v1:Deployment")
    others = [each for each in deployments if "codekeep:controllers:" not in each.urn]  # the cluster's come before
    assert len(others) >= 4
    for each in others:
        assert found.urn in each.dependencies or any("SearchRoles" in urn for urn in each.dependencies), each.name


def test_another_release_or_document_is_another_job() -> None:
    name = job(release()).inputs["metadata"]["name"]
    assert job(recorded()).inputs["metadata"]["name"] == name
    assert job(recorded(replace(PLAN, version="1.4.1"))).inputs["metadata"]["name"] != name
    images = {**PLAN.digests, "code-ingest-parse": f"sha256:{'9' * 64}"}
    assert job(recorded(replace(PLAN, digests=images))).inputs["metadata"]["name"] != name
    assert job(recorded(replace(PLAN, seats=300))).inputs["metadata"]["name"] == name


def test_nothing_secret_is_in_it() -> None:
    found = job(release()).inputs["spec"]["template"]["spec"]
    [container] = found["containers"]
    assert container["args"] == ["search-roles", "--document=/etc/codekeep/search-roles.json"]
    assert "env" not in container
    assert set(json.loads(document(release()).model_dump_json())) == set(SearchRoles.model_fields)
