"""One of AWS's refusals that neither botocore's models nor moto know."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call before it is made. `client` gives boto3 clients of the same account and region, to look at what exists."""

    service: str
    operation: str
    params: Mapping[str, Any]
    region: str
    account_id: str
    client: Callable[[str], Any]

    def get(self, path: str) -> Any:
        """The value at a dotted path of the parameters; None where there is none."""
        value: Any = self.params
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def items(self, path: str) -> list[Any]:
        """The list at a dotted path; empty where there is none."""
        return list(self.get(path) or ())


SEEN = re.compile(r"(issue|pull request) [0-9]+|botocore [0-9.]+, ")

Words = str | None
"""What AWS answers, None where it accepts the call."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """When AWS refuses some operations of a service, with which error, and where that was read.

    `reported`: a report shows the words as AWS answers them. Otherwise they are ours, made from the guide in `source`.
    """

    id: str
    service: str
    operations: tuple[str, ...]
    code: str
    source: str
    reported: bool
    answer: Callable[[Call], Words]

    @property
    def seen(self) -> bool:
        """Whether the source was read for this: a report, or botocore. A guide by title alone was not looked up yet."""
        return SEEN.search(self.source) is not None


CATALOGUE: dict[str, Refusal] = {}
"""Every refusal by its id; the modules beside this one fill it when they are imported."""


def refusal(
    service: str, *operations: str, code: str, source: str, reported: bool = False
) -> Callable[[Callable[[Call], Words]], Callable[[Call], Words]]:
    """Enters a function into the catalogue; its id is the service and the function's name."""

    def enter(answer: Callable[[Call], Words]) -> Callable[[Call], Words]:
        id_ = f"{service}-{answer.__name__.replace('_', '-')}"
        CATALOGUE[id_] = Refusal(
            id=id_,
            service=service,
            operations=operations,
            code=code,
            source=source,
            reported=reported,
            answer=answer,
        )
        return answer

    return enter


def refused(operation: str, code: str, words: str) -> ClientError:
    """The error that botocore raises where AWS refuses a call."""
    return ClientError({"Error": {"Code": code, "Message": words}}, operation)
