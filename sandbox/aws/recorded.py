"""Base of the types that moto does not emulate: they exist in the ledger only."""

import secrets
from typing import ClassVar

from sandbox.aws.errors import StandInError
from sandbox.aws.resource import Api, Created, Live, Props, Resource

ID_DIGITS = 17


def new_id(prefix: str) -> str:
    """An id in AWS's format: prefix, hyphen, 17 hex digits."""
    return f"{prefix}-{secrets.token_hex(ID_DIGITS)[:ID_DIGITS]}"


class RecordedResource(Resource):
    """Create, read, update and delete against the ledger; subclasses give the id and what AWS adds."""

    recorded: ClassVar[bool] = True
    conflict_code: ClassVar[str] = "ResourceAlreadyExistsException"  # AWS's error code for an id that exists already

    id_prefix: ClassVar[str] = "id"  # of generated ids
    id_input: ClassVar[str] = ""  # input that serves as the id

    def identity(self, api: Api, inputs: Props) -> str:
        """The id of a new resource: the input `id_input`, else a generated one."""
        return (
            str(inputs[self.id_input])
            if self.id_input
            else new_id(self.id_prefix or self.token.rpartition(":")[2].lower())
        )

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        """Outputs that AWS adds to the inputs. Equal arguments must give equal outputs."""
        return {}

    def create(self, api: Api, inputs: Props) -> Created:
        id = self.identity(api, inputs)
        if api.ledger.get(api.region, self.token, id) is not None:
            raise StandInError(f"{self.token}: {self.conflict_code}: {id!r} already exists in {api.region}")
        api.ledger.put(api.region, self.token, id, inputs)
        return Created(id=id, outputs=self.computed(api, id, inputs))

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        found = api.ledger.get(api.region, self.token, id)
        if found is None:
            return None
        return Live(inputs=found, outputs={**found, **self.computed(api, id, found)})

    def update(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> Props:
        if api.ledger.get(api.region, self.token, id) is None:
            raise StandInError(f"{self.token}: ResourceNotFoundException: {id!r} does not exist in {api.region}")
        api.ledger.put(api.region, self.token, id, new)
        return self.computed(api, id, new)

    def delete(self, api: Api, id: str, state: Props) -> None:
        api.ledger.remove(api.region, self.token, id)
