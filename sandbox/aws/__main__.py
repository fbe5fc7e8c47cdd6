"""The plugin `pulumi-resource-aws`: python -m sandbox.aws ENGINE_ADDRESS."""

import contextlib
import sys
from importlib.metadata import version

from sandbox.aws.server import serve

if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        serve(sys.argv[1:], version("pulumi-aws"))
