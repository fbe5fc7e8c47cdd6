"""The program that Pulumi starts: the engine reads the port that it prints, then calls it over gRPC."""

import gc
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # a checkout need not be installed

from policies.crossguard.service import serve  # noqa: E402 - found only now

gc.set_threshold(50_000, 20, 100)  # the graph lives until the end
serve(ROOT)
