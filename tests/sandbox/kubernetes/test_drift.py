"""Drift: written values keep their spelling unless the server's values differ."""

from sandbox.kubernetes.drift import drifted

KNOWN = {"spec": {"memory": "1024Mi", "replicas": 2, "ports": [{"port": 80}, {"port": 81}]}}
APPLIED = {"spec": {"memory": "1Gi", "replicas": 2, "ports": [{"port": 80, "p": "TCP"}, {"port": 81, "p": "TCP"}]}}


def test_other_spellings_and_additions_of_the_server_are_no_drift() -> None:
    assert drifted(KNOWN, APPLIED, APPLIED) == KNOWN
    assert drifted(KNOWN, APPLIED, {**APPLIED, "status": {"ready": 1}}) == KNOWN


def test_only_a_changed_value_differs() -> None:
    spec = APPLIED["spec"]
    live = {"spec": {**spec, "replicas": 5, "ports": [{"port": 80, "p": "TCP"}, {"port": 90, "p": "TCP"}]}}
    assert drifted(KNOWN, APPLIED, live) == {
        "spec": {"memory": "1024Mi", "replicas": 5, "ports": [{"port": 80}, {"port": 90}]}
    }


def test_removed_values_are_dropped() -> None:
    live = {"spec": {key: value for key, value in APPLIED["spec"].items() if key != "replicas"}}
    assert "replicas" not in drifted(KNOWN, APPLIED, live)["spec"]


def test_a_list_of_another_length_is_taken_from_the_server() -> None:
    live = {"spec": {**APPLIED["spec"], "ports": [{"port": 80, "p": "TCP"}]}}
    assert drifted(KNOWN, APPLIED, live)["spec"]["ports"] == [{"port": 80, "p": "TCP"}]


def test_values_that_the_server_stores_elsewhere_stay_as_written() -> None:
    known = {"stringData": {"token": "t"}, "metadata": {"labels": {"a": "b"}}}
    applied = {"data": {"token": "dA=="}, "metadata": {"labels": {"a": "b"}}}
    live = {**applied, "metadata": {"labels": {"a": "c"}}}
    assert drifted(known, applied, live) == {"stringData": {"token": "t"}, "metadata": {"labels": {"a": "c"}}}
