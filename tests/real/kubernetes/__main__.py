"""python -m tests.real.kubernetes: runs a cluster for manual use until Ctrl-C."""

import contextlib
import sys
import threading

from tests.real.kubernetes.cluster import Cluster
from tests.real.kubernetes.installation import NoGoError, ready


def main() -> int:
    try:
        programs = ready(lambda text: print(text, file=sys.stderr))
    except NoGoError as error:
        print(error, file=sys.stderr)
        return 1
    with Cluster(programs) as cluster:
        print(f"export KUBECONFIG={cluster.kubeconfig} CODEKEEP_SANDBOX_KUBECONFIG={cluster.kubeconfig}")
        print(f"kubectl is {programs.kubectl}; Ctrl-C ends the cluster", file=sys.stderr, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
