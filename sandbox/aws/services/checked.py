"""Base of recorded types whose inputs are checked against AWS's published API model."""

from collections.abc import Mapping
from typing import ClassVar

from sandbox.aws.recorded import RecordedResource
from sandbox.aws.refusals.gate import check_as_call
from sandbox.aws.resource import Api, Created, Props
from sandbox.aws.services.requests import to_api


class CheckedRecord(RecordedResource):
    """Refuses values outside of the enums, patterns and ranges that AWS publishes for its API."""

    service: ClassVar[str]  # boto3's name of the service
    operation: ClassVar[str]  # the call that would create it
    names: ClassVar[Mapping[str, str]] = {}  # Pulumi name → API name, where they differ in more than case
    unchecked: ClassVar[frozenset[str]] = frozenset()  # inputs that are no parameters of that call

    def create(self, api: Api, inputs: Props) -> Created:
        self.refuse_invalid(api, inputs)
        return super().create(api, inputs)

    def update(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> Props:
        self.refuse_invalid(api, new)
        return super().update(api, id, old, new, changed)

    def refuse_invalid(self, api: Api, inputs: Props) -> None:
        """Raises InvalidParameterError, which names every problem."""
        client = api.client(self.service)
        model = client.meta.service_model.operation_model(self.operation)
        left_out = self.unchecked | {"region"}
        wanted = {name: value for name, value in inputs.items() if name not in left_out and value != {}}
        check_as_call(client, self.operation, to_api(wanted, model.input_shape, self.names, self.operation))
