"""`make bench`: the engine by itself, then the commands on the demo keep and the policies as whole processes."""

import sys

from benchmarks import check, commands, engine

if __name__ == "__main__":
    status = engine.main()
    print()
    commands.main()
    print()
    sys.exit(max(status, check.main()))
