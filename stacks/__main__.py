"""What Pulumi runs for every stack of the project."""

from stacks.program import run

run()
