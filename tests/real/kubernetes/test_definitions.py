"""Definitions of custom kinds on a real API server: all deleted at once, right after they came."""

import json
from concurrent.futures import ThreadPoolExecutor

from components.controllers.objects import definition_paths
from sandbox.kubernetes.client import Client
from tests.real.kubernetes.api import Api, Object

ROUNDS = 3  # without the wait for the server's lists, 7 of 9 rounds left one undeleted
SECONDS = 60.0


def test_definitions_deleted_at_once_are_all_gone_soon(bare_api: Api) -> None:
    client: Client = bare_api.client
    definitions = [json.loads(path.read_text()) for path in definition_paths()]
    assert len(definitions) > 5

    def bring_up(definition: Object) -> None:
        client.apply(definition)
        client.await_served(definition)

    with ThreadPoolExecutor(8) as pool:
        for _ in range(ROUNDS):
            list(pool.map(bring_up, definitions))
            list(pool.map(lambda each: client.delete(each, seconds=SECONDS), definitions))
    assert [each for each in definitions if client.get(each) is not None] == []


def test_a_definition_that_another_one_keeps_from_being_served_can_be_deleted(bare_api: Api) -> None:
    one, other = (_definition(name) for name in ("first", "second"))
    bare_api.client.apply(one)
    bare_api.client.await_served(one)
    bare_api.client.apply(other)
    for each in (other, one):
        bare_api.client.delete(each, seconds=SECONDS)
        assert bare_api.client.get(each) is None


def _definition(plural: str) -> Object:
    names = {"plural": plural, "kind": "Thing"}  # the kind's name is the first one's
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.keep.example"},
        "spec": {"group": "keep.example", "scope": "Cluster", "names": names, "versions": [version]},
    }
