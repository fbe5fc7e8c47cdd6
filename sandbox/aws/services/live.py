"""A resource that moto emulates, and the ledger entry beside it for what moto takes and forgets."""

import json
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from awsread.errors import is_gone
from awsread.schema import schema_of
from sandbox.aws.resource import Api, Created, Live, Props, Resource


class LiveResource(Resource):
    """Splits the four verbs of `Resource` into the steps that differ from type to type.

    `make` is one call, so that whatever fails in `settle` can be taken back and nothing is left that no state knows of.
    """

    kept: ClassVar[frozenset[str]] = frozenset()  # inputs that moto takes and forgets

    @abstractmethod
    def make(self, api: Api, inputs: Props) -> str:
        """Creates the bare resource with one call; its id."""

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        """Whatever a fresh resource still needs: attributes, rules, attachments."""

    @abstractmethod
    def look(self, api: Api, id: str, state: Props) -> Props | None:
        """The live state in Pulumi's names (`None` values are dropped), or None where it is gone."""

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Applies the changed properties."""

    def proper_id(self, api: Api, id: str, outputs: Props) -> str:
        """The id under which the resource is kept, where an import may name it in another form."""
        return id

    @abstractmethod
    def remove(self, api: Api, id: str, state: Props) -> None:
        """Deletes; raises what the API raises."""

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
        """Adds facts to the ledger entry beside the resource; None removes one."""
        entry = {**self.noted(api, id), **facts}
        entry = {name: value for name, value in entry.items() if value is not None}
        api.ledger.put(api.region, self.token, id, entry)

    def noted(self, api: Api, id: str) -> Props:
        return api.ledger.get(api.region, self.token, id) or {}

    def forget(self, api: Api, id: str) -> None:
        if api.ledger.get(api.region, self.token, id) is not None:
            api.ledger.remove(api.region, self.token, id)

    def _keep(self, api: Api, id: str, inputs: Props) -> None:
        """Notes the kept inputs; one at its default needs no entry, `look` reports it."""
        values = {name: inputs.get(name) for name in self.kept}
        facts = {name: None if value == self.defaults.get(name) else value for name, value in values.items()}
        if any(value is not None for value in facts.values()) or (self.kept and self.noted(api, id)):
            self.note(api, id, **facts)

    def _outputs(self, api: Api, id: str, state: Props) -> Props | None:
        found = self.look(api, id, state)
        if found is None:
            return None
        entry = self.noted(api, id) if self.kept else {}
        found |= {name: value for name, value in entry.items() if name in self.kept}
        if isinstance(found.get("tags"), Mapping):  # an Auto Scaling group lists its tags, and has no tagsAll
            found["tagsAll"] = dict(found["tags"])
        return {name: value for name, value in found.items() if value is not None}


def claims(api: Api, token: str) -> list[tuple[str, Props]]:
    """Ids and ledger entries of a type in this region.

    A rule, route or principal that has a resource of its own is noted there, so that its owner (the group, the table,
    the service) does not report it a second time as its own inline one.
    """
    return [(id, entry) for _, _, id, entry in api.ledger.list(api.region, token)]


def one(call: Callable[..., Mapping[str, Any]], key: str, **arguments: Any) -> Props | None:
    """The only element a describe call gives, or None where there is none."""
    try:
        found = call(**arguments)[key]
    except ClientError as error:
        if is_gone(error):
            return None
        raise
    return dict(found[0]) if found else None


def filters(**values: str | Iterable[str]) -> list[Props]:
    """`filters(vpc_id=x)` → `[{"Name": "vpc-id", "Values": [x]}]`."""
    return [
        {"Name": name.replace("_", "-"), "Values": [value] if isinstance(value, str) else list(value)}
        for name, value in values.items()
    ]


def tag_list(tags: Mapping[str, str] | None) -> list[Props]:
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def tag_map(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """The user's tags; those that AWS sets itself are left out, as the official provider does."""
    return {tag["Key"]: tag["Value"] for tag in tags or () if not tag["Key"].startswith("aws:")}


def tag_specification(kind: str, tags: Mapping[str, str] | None) -> Props:
    """The `TagSpecifications` argument of an EC2 create call, empty without tags."""
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tag_list(tags)}]} if tags else {}


def retag(client: Any, id: str, old: Props, new: Props) -> None:
    """Makes an EC2 resource's tags those of `new`."""
    before, after = old.get("tags") or {}, new.get("tags") or {}
    if stale := [key for key in before if key not in after]:
        client.delete_tags(Resources=[id], Tags=[{"Key": key} for key in stale])
    if fresh := {key: value for key, value in after.items() if before.get(key) != value}:
        client.create_tags(Resources=[id], Tags=tag_list(fresh))


def arn(api: Api, service: str, resource: str) -> str:
    return f"arn:{api.partition}:{service}:{api.region}:{api.account_id}:{resource}"


def same_set(known: Any, live: Iterable[Any]) -> list[Any]:
    """A set as a list: in the order the state has it where the members are the same, else sorted."""
    members = sorted(live, key=_canonical)
    if isinstance(known, list) and sorted(map(_canonical, known)) == [_canonical(member) for member in members]:
        return list(known)
    return members


def same_json(known: Any, live: str | None) -> str | None:
    """A JSON document as the state spells it where it means the same as the live one."""
    if live is None or not isinstance(known, str):
        return live
    try:
        return known if json.loads(known) == json.loads(live) else live
    except json.JSONDecodeError:
        return live


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def given(inputs: Props, **names: str) -> Props:
    """Arguments of an API call from those inputs that are set: `given(inputs, CidrBlock="cidrBlock")`."""
    return {argument: inputs[name] for argument, name in names.items() if inputs.get(name) is not None}
