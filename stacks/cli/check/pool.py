"""Many stacks on all processors: warm processes take one stack after the other."""

import gc
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from pathlib import Path

import click

from policies.report import UnjudgedStack
from stacks.cli.check.judging import Judged, judged
from stacks.cli.check.sources import StackSource
from stacks.cli.project import Project
from stacks.cli.recording import Recordings
from stacks.garbage import collect_rarely


def judged_by_many(project: Project, stacks: Sequence[str], *, quiet: bool) -> list[Judged | UnjudgedStack]:
    """Each stack judged, in the order given. Ctrl-C ends the processes at once."""
    results: dict[str, Judged | UnjudgedStack] = {}
    with _executor(project, min(len(stacks), processors())) as executor:
        waiting = {executor.submit(_judge, stack): stack for stack in _longest_first(project, stacks)}
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                stack = waiting.pop(future)
                results[stack] = _result(future, stack)
                if not quiet:
                    _tell(results[stack], stack, len(results), len(stacks))
    return [results[stack] for stack in stacks]


def _longest_first(project: Project, stacks: Sequence[str]) -> list[str]:
    """By the size of their specs, so that no process is left alone with a big one at the end."""
    return sorted(stacks, key=lambda stack: project.stack_file(stack).stat().st_size, reverse=True)


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _executor(project: Project, size: int) -> Iterator[ProcessPoolExecutor]:
    executor = ProcessPoolExecutor(size, _context(), initializer=_begin, initargs=(project.root,))
    try:
        yield executor
    except BaseException:
        for process in executor._processes.values():
            process.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _context() -> "BaseContext":
    """Processes forked from one that has imported everything, where the system can; else each imports it itself."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["stacks.cli.check.warm"])
    return context


def _result(future: "Future[Judged | UnjudgedStack]", stack: str) -> Judged | UnjudgedStack:
    try:
        return future.result()
    except BrokenExecutor as error:
        return UnjudgedStack(stack=stack, message=f"the process that judged it died ({error}); check {stack} by itself")


def _tell(result: Judged | UnjudgedStack, stack: str, count: int, total: int) -> None:
    words = "cannot be judged" if isinstance(result, UnjudgedStack) else f"{len(result.own.findings)} findings"
    click.echo(f"[{count}/{total}] {stack}: {words}", err=True)


_recordings: Recordings | None = None  # of this worker process


def _begin(root: Path) -> None:
    """Ctrl-C reaches every process of the terminal; the parent is the one that acts on it."""
    global _recordings  # noqa: PLW0603 - a worker process has one project
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_rarely()
    _recordings = Recordings(Project.find(root))


def _judge(stack: str) -> Judged | UnjudgedStack:
    """Judges one stack; what the rules derived of its graph stays here, and its graph leaves with the result."""
    assert _recordings is not None  # noqa: S101 - _begin ran
    result = judged(StackSource(recordings=_recordings, stack=stack))
    gc.collect()
    if isinstance(result, UnjudgedStack):
        return result
    return replace(result, subject=replace(result.subject, graph=replace(result.subject.graph)))
