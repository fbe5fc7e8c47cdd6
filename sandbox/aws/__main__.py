"""The plugin `pulumi-resource-aws`: python -m sandbox.aws ENGINE_ADDRESS."""

import gc
import sys
from importlib.metadata import version

from sandbox import plugin
from sandbox.aws.provider import AwsProvider

COLLECT_EVERY_ALLOCATIONS = 200_000  # loading the SDK's classes is a third faster, and few of them are garbage

if __name__ == "__main__":
    gc.set_threshold(COLLECT_EVERY_ALLOCATIONS)
    plugin.serve(AwsProvider(), version("pulumi-aws"), sys.argv[1:])
