"""A compromised pod of one keep names another's indexes in their shared domain: all refused, by the roles alone.

The domain lets bodies name indexes, AWS's default, so that nothing but the roles is in the way. No IAM policy is
judged.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.real.opensearch.attacks import SECRET, Attack, attacks
from tests.real.opensearch.iam_front import Caller
from tests.real.opensearch.installation import Programs
from tests.real.opensearch.secured_domain import ACME, ACME_EU, MASTER, Answer, Domain, gateway, indexer, secured_domain

OWN, OTHER = "acme-eu_v2-model", "acme_v2-model"
TEXT = {"text": {"type": "text", "fielddata": True}, "place": {"type": "geo_shape"}}
BODY = {"mappings": {"dynamic": False, "properties": TEXT}}
ATTACKS = list(attacks())


@pytest.fixture(scope="module")
def domain(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Domain]:
    with secured_domain(programs, names_indexes_in_bodies=True) as domain:
        for tenant in (ACME, ACME_EU):
            assert domain.search_roles(tenant, tmp_path_factory.mktemp(tenant)).exception is None
        folder = {"type": "fs", "settings": {"location": "shared"}}
        assert domain.send(MASTER, "PUT", "/_snapshot/shared", folder).status == 200
        yield domain


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Two keeps' indexes, each with one document, and a search that the victim has open."""

    domain: Domain
    scroll: str

    def attack(self, caller: Caller, attack: Attack) -> Answer:
        names = {"{own}": OWN, "{other}": OTHER, "{scroll}": self.scroll}
        return self.domain.send(caller, attack.method, _named(attack.path, names), _body(attack.body, names))

    def state(self) -> Any:
        """What the victim has, and every name."""
        reads = (f"/{OTHER}/_search", f"/{OTHER}", "/_alias", "/_index_template", "/_snapshot/shared/_all")
        found = [self.domain.send(MASTER, "GET", path) for path in reads]
        assert [each.status for each in found] == [200] * len(reads)
        return [{**each.document, "took": 0} for each in found]


@pytest.fixture
def shared(domain: Domain) -> Iterator[Shared]:
    for tenant, index, text in ((ACME, OTHER, SECRET), (ACME_EU, OWN, "own")):
        assert domain.send(MASTER, "PUT", f"/{index}", BODY).status == 200
        document = {"text": text, "place": {"type": "point", "coordinates": [1, 1]}}
        assert domain.send(indexer(tenant), "PUT", f"/{index}/_doc/1?refresh=true", document).status == 200
    opened = domain.send(indexer(ACME), "POST", f"/{OTHER}/_search?scroll=1m", {})
    if domain.send(MASTER, "GET", "/_snapshot/shared/nightly").status == 404:  # an attack deletes it
        snapshot = {"indices": OTHER, "include_global_state": False}
        done = domain.send(MASTER, "PUT", "/_snapshot/shared/nightly?wait_for_completion=true", snapshot)
        assert done.document["snapshot"]["state"] == "SUCCESS"
    yield Shared(domain=domain, scroll=opened.document["_scroll_id"])
    for path in ("/_snapshot/shared/stolen", "/_index_template/*", "/_template/planted"):
        domain.send(MASTER, "DELETE", path)
    assert domain.send(MASTER, "DELETE", "/acme*").status == 200


def _named(text: str, names: Mapping[str, str]) -> str:
    for mark, name in names.items():
        text = text.replace(mark, name)
    return text


def _body(body: Any, names: Mapping[str, str]) -> Any:
    """A list is a body of lines."""
    if isinstance(body, list):
        return "".join(_named(json.dumps(line), names) + "\n" for line in body)
    return json.loads(_named(json.dumps(body), names)) if body is not None else None


def is_refused(answer: Answer) -> bool:
    """All of it: a request of several answers each."""
    if answer.status != 200:
        return answer.status == 403 or "security_exception" in answer.text
    items = [*answer.document.get("items", ()), *answer.document.get("docs", ()), *answer.document.get("responses", ())]
    return bool(items) and all("security_exception" in json.dumps(item) for item in items)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda each: each.name)
def test_another_keeps_indexes_are_out_of_reach(shared: Shared, attack: Attack) -> None:
    before = shared.state()
    for caller in (indexer(ACME_EU), gateway(ACME_EU)):
        answer = shared.attack(caller, attack)
        assert is_refused(answer), (caller, answer)
        assert SECRET not in answer.text
    assert shared.state() == before
    if attack.valid:
        done = shared.attack(MASTER, attack)
        assert done.status == 200, done
        assert '"status": 40' not in done.text, done


def test_there_are_attacks_of_every_kind() -> None:
    assert len(ATTACKS) > 90
    assert len({each.name for each in ATTACKS}) == len(ATTACKS)


OWN_REQUESTS: list[tuple[str, Any]] = [
    (f"POST /{OWN}/_search", {}),
    (f"POST /{OWN},{OWN}/_search", {}),
    ("POST /acme-eu_*/_search", {}),
    (f"POST /{OWN}/_search", {"query": {"terms": {"text": {"index": OWN, "id": "1", "path": "text"}}}}),
    (f"POST /{OWN}/_count", {}),
    (f"GET /{OWN}/_doc/1", None),
    (f"POST /{OWN}/_mget", {"ids": ["1"]}),
    ("POST /_mget", {"docs": [{"_index": OWN, "_id": "1"}]}),
    (f"POST /{OWN}/_refresh", None),
]
OWN_CHANGES: list[tuple[str, Any]] = [
    (f"POST /{OWN}/_bulk", [{"index": {"_id": "2"}}, {"text": "x"}]),
    ("POST /_bulk", [{"index": {"_index": OWN, "_id": "2"}}, {"text": "x"}]),
    (f"PUT /{OWN}/_doc/2", {"text": "x"}),
    (f"POST /{OWN}/_update/1", {"doc": {"text": "x"}}),
    (f"DELETE /{OWN}/_doc/1", None),
    (f"POST /{OWN}/_flush", None),
    (f"POST /{OWN}/_forcemerge", None),
    (f"GET /{OWN}/_stats", None),
    ("GET /acme-eu_v*/_settings/index.uuid", None),
    ("PUT /acme-eu_v3-model", BODY),
    (f"DELETE /{OWN}", None),
]


@pytest.mark.parametrize(("request_", "body"), OWN_REQUESTS + OWN_CHANGES, ids=lambda each: str(each)[:60])
def test_a_keeps_own_indexes_are_within_reach(shared: Shared, request_: str, body: Any) -> None:
    method, path = request_.split(" ")
    is_change = (request_, body) in OWN_CHANGES
    reading = shared.domain.send(gateway(ACME_EU), method, path, _body(body, {}))
    assert is_refused(reading) is is_change, reading
    writing = shared.domain.send(indexer(ACME_EU), method, path, _body(body, {}))
    assert writing.status == 200, writing
    assert "security_exception" not in writing.text
