"""A plain program: a component, config, a secret, an output of each kind."""

import pulumi

from tests.sandbox.engine.programs.things import Group, Thing

config = pulumi.Config()
group = Group("g", config.get("value") or "1")
for index in range(int(config.get("count") or "0")):
    Thing(f"extra-{index}", value=str(index))
print("the program speaks")
pulumi.log.warn("a warning of the program")
pulumi.export("token", group.token)
pulumi.export("password", config.get_secret("password"))
pulumi.export("project", pulumi.get_project())
pulumi.export("stack", pulumi.get_stack())
