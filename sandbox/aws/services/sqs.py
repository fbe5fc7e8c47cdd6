"""SQS queues and the policies that have resources of their own.

The id of a queue is its URL in AWS's own form, which boto3 sends to whatever endpoint it was given; so a state stays
good when the sandbox account moves to another port.
"""

import threading
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from awsread.errors import or_none
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, same_json
from sandbox.aws.values import UNKNOWN

POLICY_TOKEN = "aws:sqs/queuePolicy:QueuePolicy"
REDRIVE_TOKEN = "aws:sqs/redrivePolicy:RedrivePolicy"
OWN_RESOURCES = {
    "policy": POLICY_TOKEN,
    "redrivePolicy": REDRIVE_TOKEN,
}  # what has a resource of its own is its to report
_setting = threading.Lock()
ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deduplicationScope": "DeduplicationScope",
    "delaySeconds": "DelaySeconds",
    "fifoQueue": "FifoQueue",
    "fifoThroughputLimit": "FifoThroughputLimit",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
WHOLE_NUMBERS = frozenset(
    {
        "delaySeconds",
        "kmsDataKeyReusePeriodSeconds",
        "maxMessageSize",
        "messageRetentionSeconds",
        "receiveWaitTimeSeconds",
        "visibilityTimeoutSeconds",
    }
)
FLAGS = frozenset({"contentBasedDeduplication", "fifoQueue", "sqsManagedSseEnabled"})
DOCUMENTS = frozenset({"policy", "redriveAllowPolicy", "redrivePolicy"})
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
    auto_name = "name"
    auto_name_max = 80
    kept = frozenset({"deduplicationScope", "fifoThroughputLimit", "redriveAllowPolicy"})

    def name_for(self, name: str, inputs: Props) -> str:
        return f"{name}{FIFO_SUFFIX}" if inputs.get("fifoQueue") is True else name

    def faults(self, inputs: Props) -> Iterator[tuple[str, str]]:
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
            attribute: _text(inputs[name])
            for name, attribute in ATTRIBUTES.items()
            if inputs.get(name) not in (None, "") and (name not in ONLY_FIFO or inputs.get("fifoQueue"))
        }
        api.client("sqs").create_queue(
            QueueName=inputs["name"], Attributes=attributes, tags=dict(inputs.get("tags") or {})
        )
        return f"https://sqs.{api.region}.{_domain(api)}/{api.account_id}/{inputs['name']}"

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        attributes = _attributes(api, id)
        if attributes is None:
            return None
        found = {
            name: _value(name, attributes[attribute])
            for name, attribute in ATTRIBUTES.items()
            if attributes.get(attribute) not in (None, "")
        }
        found |= {name: same_json(state.get(name), found[name]) for name in DOCUMENTS & found.keys()}
        found |= {name: state.get(name) for name, token in OWN_RESOURCES.items() if _is_owned(api, token, id)}
        if found.get("kmsMasterKeyId"):
            found["sqsManagedSseEnabled"] = False
        return {
            "contentBasedDeduplication": False,
            "fifoQueue": False,
            **found,
            "arn": attributes["QueueArn"],
            "url": id,
            "name": id.rpartition("/")[2],
            "tags": dict(api.client("sqs").list_queue_tags(QueueUrl=id).get("Tags", {})),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        sqs = api.client("sqs")
        attributes = {
            attribute: _text(new.get(name, self.defaults.get(name, "")))
            for name, attribute in ATTRIBUTES.items()
            if name in changed
        }
        if attributes:
            _set(api, id, attributes)
        if "tags" in changed:
            before, after = old.get("tags") or {}, new.get("tags") or {}
            if stale := [key for key in before if key not in after]:
                sqs.untag_queue(QueueUrl=id, TagKeys=stale)
            if after:
                sqs.tag_queue(QueueUrl=id, Tags=dict(after))

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("sqs").delete_queue(QueueUrl=id)


class _QueueDocument(LiveResource):
    """One JSON attribute of a queue, held by a resource of its own. Its id is the queue's URL."""

    property: ClassVar[str]

    def make(self, api: Api, inputs: Props) -> str:
        url = str(inputs["queueUrl"])
        self._put(api, url, inputs[self.property])
        self.note(api, url, owned=True)
        return url

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        attributes = _attributes(api, id) or {}
        document = attributes.get(ATTRIBUTES[self.property])
        if not document:
            return None
        if not self.noted(api, id):
            self.note(api, id, owned=True)
        return {"queueUrl": id, self.property: same_json(state.get(self.property), document)}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._put(api, id, new[self.property])

    def remove(self, api: Api, id: str, state: Props) -> None:
        self._put(api, id, "")

    def _put(self, api: Api, url: str, document: str) -> None:
        _set(api, url, {ATTRIBUTES[self.property]: document})


class QueuePolicy(_QueueDocument):
    token = POLICY_TOKEN
    property = "policy"


class RedrivePolicy(_QueueDocument):
    token = REDRIVE_TOKEN
    property = "redrivePolicy"


class RedriveAllowPolicy(_QueueDocument):
    """moto takes it and forgets it: the ledger remembers, as long as the queue is there."""

    token = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
    property = "redriveAllowPolicy"

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        document = self.noted(api, id).get(self.property)
        if document is None or _attributes(api, id) is None:
            return None
        return {"queueUrl": id, self.property: document}

    def _put(self, api: Api, url: str, document: str) -> None:
        super()._put(api, url, document)
        self.note(api, url, **{self.property: document or None})


def _attributes(api: Api, url: str) -> Mapping[str, str] | None:
    found = or_none(api.client("sqs").get_queue_attributes, QueueUrl=url, AttributeNames=["All"])
    return None if found is None else dict(found["Attributes"])


def _is_owned(api: Api, token: str, url: str) -> bool:
    return api.ledger.get(api.region, token, url) is not None


def _set(api: Api, url: str, attributes: Mapping[str, str]) -> None:
    """Sets attributes. moto drops a queue's policy at every call that does not repeat it."""
    with _setting:
        policy = {} if "Policy" in attributes else {"Policy": (_attributes(api, url) or {}).get("Policy", "")}
        api.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={**policy, **attributes})


def _value(name: str, text: str) -> Any:
    if name in WHOLE_NUMBERS:
        return int(text)
    return text.lower() == "true" if name in FLAGS else text


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _domain(api: Api) -> str:
    return "amazonaws.com.cn" if api.partition == "aws-cn" else "amazonaws.com"
