"""The program that Pulumi runs for every stack of the project."""

from stacks.gc_tuning import relax_gc
from stacks.program import run

relax_gc()
run()
