"""`make bench`: runs every benchmark, or those named as arguments, one after the other, each in its own process."""

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
        print(f"there is no benchmark {unknown[0]!r}; choose from {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    return max(_run(name) for name in names or BENCHMARKS)


def _run(name: str) -> int:
    print(f"== {name}", flush=True)
    started = time.monotonic()
    status = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    print(f"== {name}: exit code {status} after {time.monotonic() - started:.0f} s\n", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
