"""`make bench`: the deployment engine by itself, then the commands on the demo keep as whole processes."""

import sys

from benchmarks import commands, engine

if __name__ == "__main__":
    status = engine.main()
    print()
    commands.main()
    sys.exit(status)
