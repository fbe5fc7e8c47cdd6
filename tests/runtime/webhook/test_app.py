"""The webhook receiver: signed pushes are queued once, everything else is refused or ignored."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from codekeep_contracts.messages import parse_message
from codekeep_contracts.settings.links import GitLinkSettings
from codekeep_runtime.webhook.app import MAX_BYTES, create_app
from starlette.testclient import TestClient

SECRET = "a-long-random-secret"
COMMIT = "1" * 40


def link(name: str, kind: Any) -> GitLinkSettings:
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:x"
    return GitLinkSettings(
        name=name,
        kind=kind,
        host=f"{name}.demo.example",
        ports=(443,),
        repositories=("payments/ledger",),
        groups=(),
        token_secret_arn=arn,
        webhook_secret_arn=arn,
    )


class Host:
    """A Git host that sends webhooks, and the queue behind the receiver."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.broken = False
        links = {each.name: each for each in (link("ghe", "github-enterprise"), link("gitlab", "gitlab"))}
        self.client = TestClient(create_app(links, lambda _: SECRET, self._send))

    def _send(self, body: str) -> None:
        if self.broken:
            raise ConnectionError("queue is away")
        self.sent.append(body)

    def push(self, *, delivery: str = "d1", secret: str = SECRET, to: str = "ghe", **changes: Any) -> int:
        payload = {
            "ref": "refs/heads/main",
            "after": COMMIT,
            "repository": {"full_name": "payments/ledger", "pushed_at": int(time.time())},
            **changes,
        }
        body = json.dumps(payload).encode()
        headers = {
            "x-github-event": "push",
            "x-github-delivery": delivery,
            "x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        }
        return int(self.client.post(f"/webhooks/{to}", content=body, headers=headers).status_code)

    def gitlab_push(self, token: str, delivery: str = "g1") -> int:
        payload = {"ref": "refs/heads/main", "after": COMMIT, "project": {"path_with_namespace": "group/sub/app"}}
        headers = {"x-gitlab-event": "Push Hook", "x-gitlab-event-uuid": delivery, "x-gitlab-token": token}
        return int(self.client.post("/webhooks/gitlab", json=payload, headers=headers).status_code)


@pytest.fixture
def host() -> Host:
    return Host()


def test_a_signed_push_becomes_a_message(host: Host) -> None:
    assert host.push() == 202
    message = parse_message(host.sent[0])
    assert message.model_dump() == {
        "kind": "push",
        "version": 1,
        "link": "ghe",
        "repository": "payments/ledger",
        "branch": "main",
        "commit": COMMIT,
    }


def test_gitlab_names_projects_in_subgroups(host: Host) -> None:
    assert host.gitlab_push(SECRET) == 202
    assert json.loads(host.sent[0])["repository"] == "group/sub/app"


def test_a_deletion_of_a_branch_becomes_a_message_without_commit(host: Host) -> None:
    assert host.push(after="0" * 40) == 202
    assert json.loads(host.sent[0])["commit"] is None


def test_a_sender_without_the_secret_gets_no_information(host: Host) -> None:
    refused = [
        host.push(secret="guess"),
        host.gitlab_push("guess"),
        host.gitlab_push(""),
        host.push(to="no-such-link"),
        host.client.post("/webhooks/ghe", content=b"{}").status_code,
    ]
    assert refused == [403] * 5
    assert host.sent == []


def test_a_delivery_is_queued_once(host: Host) -> None:
    assert [host.push(), host.push()] == [202, 409]
    assert len(host.sent) == 1


def test_an_old_delivery_is_refused_by_its_signed_time(host: Host) -> None:
    old = {"full_name": "payments/ledger", "pushed_at": int(time.time()) - 86_400}
    assert host.push(repository=old) == 409
    assert host.sent == []


def test_a_delivery_that_was_not_queued_can_be_repeated(host: Host) -> None:
    host.broken = True
    assert host.push() == 503
    host.broken = False
    assert host.push() == 202


def test_tags_and_other_events_are_ignored(host: Host) -> None:
    assert host.push(ref="refs/tags/v1") == 204
    body = b"{}"
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-github-event": "issues", "x-hub-signature-256": signature}
    assert host.client.post("/webhooks/ghe", content=body, headers=headers).status_code == 204


@pytest.mark.parametrize("change", [{"ref": None}, {"after": 5}, {"after": "zz"}, {"repository": []}])
def test_an_invalid_payload_is_refused_without_repeating_it(host: Host, change: dict[str, Any]) -> None:
    assert host.push(**change) == 400
    assert host.sent == []


def test_a_body_above_the_limit_is_not_read(host: Host) -> None:
    assert host.client.post("/webhooks/ghe", content=b" " * (MAX_BYTES + 1)).status_code == 413
