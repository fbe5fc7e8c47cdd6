"""The plugin `pulumi-resource-kubernetes`: python -m sandbox.kubernetes ENGINE_ADDRESS."""

import sys
from importlib.metadata import version

from sandbox.kubernetes.provider import KubernetesProvider
from sandbox.plugin import serve

if __name__ == "__main__":
    serve(KubernetesProvider(), version("pulumi-kubernetes"), sys.argv[1:])
