"""SQS queues, and their policies that are separate resources.

The id of a queue is its URL at AWS, which boto3 sends to the configured endpoint. A state thus stays valid when the
sandbox account moves to another port.
"""

import threading
from collections.abc import Iterator, Mapping
from typing import ClassVar

from awsread.answers import dns_suffix
from awsread.services.sqs import ATTRIBUTES, DOCUMENTS, attributes_of, is_separate
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource
from sandbox.aws.services.requests import text_of
from sandbox.aws.values import UNKNOWN

_setting = threading.Lock()
SPANS = {  # what AWS allows; SQS takes attributes as text, so that its model cannot tell
    "delaySeconds": (0, 900),
    "kmsDataKeyReusePeriodSeconds": (60, 86_400),
    "maxMessageSize": (1024, 1_048_576),
    "messageRetentionSeconds": (60, 1_209_600),
    "receiveWaitTimeSeconds": (0, 20),
    "visibilityTimeoutSeconds": (0, 43_200),
}
ONLY_FIFO = frozenset({"contentBasedDeduplication", "deduplicationScope", "fifoQueue", "fifoThroughputLimit"})
FIFO_SUFFIX = ".fifo"


class Queue(LiveResource):
    token = "aws:sqs/queue:Queue"
    service = "sqs"
    deletion = ("delete_queue", "QueueUrl")
    auto_name = "name"
    auto_name_max = 80
    in_ledger = frozenset({"deduplicationScope", "fifoThroughputLimit", "redriveAllowPolicy"})

    def name_for(self, name: str, inputs: Props) -> str:
        return f"{name}{FIFO_SUFFIX}" if inputs.get("fifoQueue") is True else name

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        for key, (low, high) in SPANS.items():
            value = inputs.get(key)
            if isinstance(value, int) and not low <= value <= high:
                yield key, f"expected {key} to be {low} to {high}, got {value}"
        name = inputs.get("name")
        if inputs.get("fifoQueue") is True and isinstance(name, str) and not name.endswith(FIFO_SUFFIX):
            yield "name", f"the name of a FIFO queue ends in {FIFO_SUFFIX!r}, got {name!r}"
        if inputs.get("kmsMasterKeyId") not in (None, "", UNKNOWN) and inputs.get("sqsManagedSseEnabled") is True:
            yield "sqsManagedSseEnabled", "conflicts with kmsMasterKeyId: give one of them"

    def make(self, api: Api, inputs: Props) -> str:
        attributes = {
            attribute: text_of(inputs[name])
            for name, attribute in ATTRIBUTES.items()
            if inputs.get(name) not in (None, "") and (name not in ONLY_FIFO or inputs.get("fifoQueue"))
        }
        api.client("sqs").create_queue(
            QueueName=inputs["name"], Attributes=attributes, tags=dict(inputs.get("tags") or {})
        )
        return f"https://sqs.{api.region}.{dns_suffix(api)}/{api.account_id}/{inputs['name']}"

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().read_live(api, id, state)
        return found and {**found, **{name: state.get(name) for name in DOCUMENTS if is_separate(api, name, id)}}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        attributes = {
            attribute: text_of(new.get(name, self.defaults.get(name, "")))
            for name, attribute in ATTRIBUTES.items()
            if name in changed
        }
        if attributes:
            _set(api, id, attributes)
        self.retag(api, id, old, new)


class _QueueDocument(LiveResource):
    """One JSON attribute of a queue, as a resource of its own. Its id is the queue's URL."""

    property: ClassVar[str]

    def make(self, api: Api, inputs: Props) -> str:
        url = str(inputs["queueUrl"])
        self.change(api, url, {}, inputs, frozenset())
        return url

    def owner_facts(self, found: Props) -> Props:
        return {"queueUrl": found["queueUrl"]}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        _set(api, id, {ATTRIBUTES[self.property]: new[self.property]})

    def remove(self, api: Api, id: str, state: Props) -> None:
        _set(api, id, {ATTRIBUTES[self.property]: ""})


class QueuePolicy(_QueueDocument):
    token = DOCUMENTS["policy"]
    property = "policy"


class RedrivePolicy(_QueueDocument):
    token = DOCUMENTS["redrivePolicy"]
    property = "redrivePolicy"


class RedriveAllowPolicy(_QueueDocument):
    """Which queues may redrive here. moto does not store it; the ledger does while the queue exists."""

    token = DOCUMENTS["redriveAllowPolicy"]
    property = "redriveAllowPolicy"
    in_ledger = frozenset({"redriveAllowPolicy"})
    recorded = True

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        gone = not self.noted(api, id) or attributes_of(api, id) is None
        return None if gone else {"queueUrl": id}


def _set(api: Api, url: str, attributes: Mapping[str, str]) -> None:
    """Sets attributes. moto drops a queue's policy at every call that does not repeat it."""
    with _setting:
        policy = {} if "Policy" in attributes else {"Policy": (attributes_of(api, url) or {}).get("Policy", "")}
        api.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={**policy, **attributes})
