"""The test package as a program sees it."""

from typing import Any

import pulumi


class Thing(pulumi.CustomResource):
    """test:index:Thing."""

    id: pulumi.Output[str]
    token: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **props: Any) -> None:
        super().__init__("test:index:Thing", name, {"token": None, **props}, opts)


class Group(pulumi.ComponentResource):
    """A component of two things."""

    token: pulumi.Output[str]

    def __init__(self, name: str, value: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Group", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        first = Thing(f"{name}-a", value=value, opts=child)
        second = Thing(f"{name}-b", uses=[first.id], password=pulumi.Output.secret("hunter2"), opts=child)
        self.token = second.token
        self.register_outputs({"token": self.token})
