"""`make bench`: each benchmark in a process of its own, one after the other. Names as arguments choose some."""

import subprocess
import sys
import time

BENCHMARKS = (
    "engine",
    "commands",
    "check",
    "runtime_parse",
    "runtime_index",
    "runtime_embed",
    "runtime_ingest",
    "runtime_engine_client",
    "runtime_gateway",
    "runtime_retrieval",
    "runtime_quality",
)


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        print(f"no benchmark is called {unknown[0]}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    return max(_run(name) for name in names or BENCHMARKS)


def _run(name: str) -> int:
    print(f"== {name}", flush=True)
    started = time.monotonic()
    status = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    print(f"== {name} ended with {status} after {time.monotonic() - started:.0f} s\n", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
