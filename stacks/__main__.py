"""What Pulumi runs for every stack of the project."""

from stacks.garbage import collect_rarely
from stacks.program import run

collect_rarely()
run()
