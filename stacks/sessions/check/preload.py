"""Imports, once for all worker processes, what recording and judging need, the program's own modules included."""

import gc
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started the workers
gc.disable()  # importing makes no garbage

from policies.catalogue import catalogue  # noqa: E402
from stacks import program  # noqa: E402, F401
from stacks.sessions.check import pool  # noqa: E402, F401

catalogue()
gc.enable()
