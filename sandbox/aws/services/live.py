"""Base of the types that moto emulates. A ledger entry has what moto accepts and does not store."""

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from awsread.errors import is_gone
from awsread.reader import read
from awsread.schema import schema_of
from sandbox.aws.resource import Api, Created, Live, Props, Resource
from sandbox.aws.services.requests import TAGGING, call, input_shape, retag

ID_SEPARATOR = "."


class LiveResource(Resource):
    """Splits the four operations of `Resource` into the steps that differ between types.

    `make` is one call, so that a failure in `configure` is undone and leaves no resource that no state knows of.
    awsread reads resources; `read_live` adds what only the stand-in knows.
    """

    service: ClassVar[str]  # boto3's name
    creation: ClassVar[tuple[str, str]]  # call, and path of the id in its answer: `Vpc.VpcId`; `=name` is an input
    deletion: ClassVar[tuple[str, str]]  # call, and the argument that takes the id
    names: ClassVar[Mapping[str, str]] = {}  # Pulumi name → API name, where they differ in more than case
    tag_kind: ClassVar[str] = ""  # EC2's name of the type in `TagSpecifications`
    tagged_by: ClassVar[str] = ""  # output that identifies the resource in calls about tags, if not the id
    in_ledger: ClassVar[frozenset[str]] = frozenset()  # inputs that moto accepts and does not store
    in_state: ClassVar[frozenset[str]] = frozenset()  # inputs that only the provider uses
    moto_omits: ClassVar[Mapping[str, Any]] = {}  # outputs that AWS gives and moto does not

    def make(self, api: Api, inputs: Props) -> str:
        """Creates the resource with one call; its id."""
        operation, path = self.creation
        more = tag_specification(self.tag_kind, inputs.get("tags")) if self.tag_kind else {}
        found: Any = call(api.client(self.service), operation, inputs, self.names, **more)
        if path.startswith("="):
            return str(inputs[path[1:]])
        for step in path.split(ID_SEPARATOR):
            found = found[int(step)] if step.isdecimal() else found[step]
        return str(found)

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        """Completes a new resource by further calls, for attributes, rules, attachments."""

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        """The live properties under Pulumi's names (values of None are dropped); None if the resource is gone."""
        return read(self.token, api, id, state)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Applies the changed properties; by default the tags."""
        if "tags" in changed:
            self.retag(api, id, old, new)

    def retag(self, api: Api, id: str, old: Props, new: Props, **more: str) -> None:
        """Replaces the tags by those of `new`."""
        target = str(old[self.tagged_by]) if self.tagged_by else id
        retag(api.client(self.service), TAGGING[self.service], target, old, new, **more)

    def owner_facts(self, found: Props) -> Props:
        """Facts for the ledger that identify the live item, so that its owner does not report it as an inline item."""
        return {}

    def canonical_id(self, api: Api, id: str, outputs: Props) -> str:
        """The id in the state, where an import accepts another form of it."""
        return id

    def remove(self, api: Api, id: str, state: Props) -> None:
        """Deletes the resource. Raises the errors of the API."""
        operation, argument = self.deletion
        client = api.client(self.service)
        listed = input_shape(client, operation).members[argument].type_name == "list"
        getattr(client, operation)(**{argument: [id] if listed else id})

    def create(self, api: Api, inputs: Props) -> Created:
        id = self.make(api, inputs)
        try:
            self.configure(api, id, inputs)
            self._keep(api, id, inputs)
            outputs = self._outputs(api, id, inputs)
        except Exception:
            self.delete(api, id, inputs)
            raise
        if outputs is None:
            raise RuntimeError(f"{self.token}: {id} was created but cannot be read back")
        return Created(id=id, outputs=outputs)

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        outputs = self._outputs(api, id, state)
        if outputs is None:
            self.forget(api, id)
            return None
        inputs = schema_of(self.token).inputs.properties
        known = {name: value for name, value in outputs.items() if name in inputs and name != "region"}
        return Live(inputs=known, outputs=outputs, id=self.canonical_id(api, id, outputs))

    def update(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> Props:
        self.change(api, id, old, new, changed)
        self._keep(api, id, new)
        outputs = self._outputs(api, id, new)
        if outputs is None:
            raise RuntimeError(f"{self.token}: {id} vanished while it was updated; run a refresh")
        return outputs

    def delete(self, api: Api, id: str, state: Props) -> None:
        try:
            self.remove(api, id, state)
        except ClientError as error:
            if not is_gone(error):
                raise
        self.forget(api, id)

    def note(self, api: Api, id: str, **facts: Any) -> None:
        """Adds facts to the resource's ledger entry; None removes one."""
        entry = {**self.noted(api, id), **facts}
        entry = {name: value for name, value in entry.items() if value is not None}
        api.ledger.put(api.region, self.token, id, entry)

    def noted(self, api: Api, id: str) -> Props:
        return api.ledger.get(api.region, self.token, id) or {}

    def forget(self, api: Api, id: str) -> None:
        if api.ledger.get(api.region, self.token, id) is not None:
            api.ledger.remove(api.region, self.token, id)

    def _keep(self, api: Api, id: str, inputs: Props) -> None:
        """Writes the inputs of `in_ledger` into the ledger; one at its default needs no entry."""
        values = {name: inputs.get(name) for name in self.in_ledger}
        facts = {name: None if value == self.defaults.get(name) else value for name, value in values.items()}
        if any(value is not None for value in facts.values()) or (self.in_ledger and self.noted(api, id)):
            self.note(api, id, **facts)

    def _outputs(self, api: Api, id: str, state: Props) -> Props | None:
        """What awsread finds, completed from defaults, state and ledger; facts of the ledger take precedence."""
        found = self.read_live(api, id, state)
        if found is None:
            return None
        entry, schema = self.noted(api, id), schema_of(self.token)
        facts = self.owner_facts(found)
        if not facts.items() <= entry.items():
            self.note(api, self.canonical_id(api, id, found), **facts)
        prefixes = {name for name in ("namePrefix",) if schema.has_input(name)}
        outputs = {
            **{name: self.defaults.get(name) for name in self.in_ledger},
            **self.moto_omits,
            **{name: state.get(name, self.defaults.get(name)) for name in {*self.in_state, *prefixes}},
            **{name: value for name, value in found.items() if value is not None},
            **{name: value for name, value in entry.items() if name in schema.outputs or schema.has_input(name)},
        }
        if isinstance(outputs.get("tags"), Mapping):  # an Auto Scaling group lists its tags, and has no tagsAll
            outputs["tagsAll"] = dict(outputs["tags"])
        return {name: value for name, value in outputs.items() if value is not None}


def tag_list(tags: Mapping[str, str] | None) -> list[Props]:
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def tag_specification(kind: str, tags: Mapping[str, str] | None) -> Props:
    """The `TagSpecifications` argument of an EC2 create call, empty without tags."""
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tag_list(tags)}]} if tags else {}


def args_of(inputs: Mapping[str, Any], **names: str) -> Props:
    """Arguments of an API call from the inputs that are set: `args_of(inputs, CidrBlock="cidrBlock")`."""
    return {argument: inputs[name] for argument, name in names.items() if inputs.get(name) is not None}
