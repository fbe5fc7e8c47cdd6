"""A resource that moto emulates; what moto takes and forgets is in its ledger entry."""

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
    """Splits the four verbs of `Resource` into the steps that differ from type to type.

    `make` is one call, so that whatever fails in `settle` can be undone and nothing is left that no state knows of.
    Reading is awsread's; `look` corrects it by what only the stand-in knows.
    """

    service: ClassVar[str]  # boto3's name
    creation: ClassVar[tuple[str, str]]  # call, and where its answer has the id: `Vpc.VpcId`; `=name` is an input
    deletion: ClassVar[tuple[str, str]]  # call, and the argument that takes the id
    names: ClassVar[Mapping[str, str]] = {}  # Pulumi name → API name, where they differ in more than case
    tag_kind: ClassVar[str] = ""  # EC2's name of the type in `TagSpecifications`
    tagged_by: ClassVar[str] = ""  # output by which tags are set, where it is not the id
    kept: ClassVar[frozenset[str]] = frozenset()  # inputs that moto takes and forgets: in the ledger
    local: ClassVar[frozenset[str]] = frozenset()  # inputs that only the provider uses: in the state
    silent: ClassVar[Mapping[str, Any]] = {}  # what AWS answers where moto answers nothing

    def make(self, api: Api, inputs: Props) -> str:
        """Creates the bare resource with one call; its id."""
        operation, path = self.creation
        more = tag_specification(self.tag_kind, inputs.get("tags")) if self.tag_kind else {}
        found: Any = call(api.client(self.service), operation, inputs, self.names, **more)
        if path.startswith("="):
            return str(inputs[path[1:]])
        for step in path.split(ID_SEPARATOR):
            found = found[int(step)] if step.isdecimal() else found[step]
        return str(found)

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        """Whatever a fresh resource still needs: attributes, rules, attachments."""

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        """The live state in Pulumi's names (`None` values are dropped), or None where it is gone."""
        return read(self.token, api, id, state)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Applies the changed properties; by default the tags."""
        if "tags" in changed:
            self.retag(api, id, old, new)

    def retag(self, api: Api, id: str, old: Props, new: Props, **more: str) -> None:
        """Makes the tags those of `new`."""
        target = str(old[self.tagged_by]) if self.tagged_by else id
        retag(api.client(self.service), TAGGING[self.service], target, old, new, **more)

    def claim(self, found: Props) -> Props:
        """Facts for the ledger by which an owner knows that it must not report this as its own inline item."""
        return {}

    def proper_id(self, api: Api, id: str, outputs: Props) -> str:
        """The id under which the resource is kept, where an import may name it in another form."""
        return id

    def remove(self, api: Api, id: str, state: Props) -> None:
        """Deletes; raises what the API raises."""
        operation, argument = self.deletion
        client = api.client(self.service)
        listed = input_shape(client, operation).members[argument].type_name == "list"
        getattr(client, operation)(**{argument: [id] if listed else id})

    def create(self, api: Api, inputs: Props) -> Created:
        id = self.make(api, inputs)
        try:
            self.settle(api, id, inputs)
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
        return Live(inputs=known, outputs=outputs, id=self.proper_id(api, id, outputs))

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
        """Notes the kept inputs; one at its default needs no entry."""
        values = {name: inputs.get(name) for name in self.kept}
        facts = {name: None if value == self.defaults.get(name) else value for name, value in values.items()}
        if any(value is not None for value in facts.values()) or (self.kept and self.noted(api, id)):
            self.note(api, id, **facts)

    def _outputs(self, api: Api, id: str, state: Props) -> Props | None:
        """What awsread finds, completed: a noted fact with a property's name replaces it."""
        found = self.look(api, id, state)
        if found is None:
            return None
        entry, schema = self.noted(api, id), schema_of(self.token)
        claim = self.claim(found)
        if not claim.items() <= entry.items():
            self.note(api, self.proper_id(api, id, found), **claim)
        prefixes = {name for name in ("namePrefix",) if schema.has_input(name)}
        outputs = {
            **{name: self.defaults.get(name) for name in self.kept},
            **self.silent,
            **{name: state.get(name, self.defaults.get(name)) for name in {*self.local, *prefixes}},
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


def given(inputs: Mapping[str, Any], **names: str) -> Props:
    """Arguments of an API call from those inputs that are set: `given(inputs, CidrBlock="cidrBlock")`."""
    return {argument: inputs[name] for argument, name in names.items() if inputs.get(name) is not None}
