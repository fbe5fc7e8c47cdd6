"""python -m tests.real.opensearch: runs a server for manual use until Ctrl-C."""

import contextlib
import sys
import threading

from tests.real.cache import say
from tests.real.opensearch.installation import NoJavaError, ready
from tests.real.opensearch.server import Server


def main() -> int:
    try:
        programs = ready(say)
    except NoJavaError as error:
        print(error, file=sys.stderr)
        return 1
    with Server(programs) as server:
        print(server.url)
        print("Ctrl-C ends the server", file=sys.stderr, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
