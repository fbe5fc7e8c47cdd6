"""The plugin `pulumi-resource-aws`: python -m sandbox.aws ENGINE_ADDRESS."""

import sys
from importlib.metadata import version

from sandbox import plugin
from sandbox.aws.provider import AwsProvider

if __name__ == "__main__":
    plugin.serve(AwsProvider(), version("pulumi-aws"), sys.argv[1:])
