"""What Pulumi runs for every stack of the project."""

import gc

from stacks.program import run

# The SDK and a keep's outputs are millions of objects that live until the end: searching them for garbage again and
# again took two thirds of the program's time.
gc.freeze()
gc.set_threshold(50_000, 20, 100)

run()
