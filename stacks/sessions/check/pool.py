"""Judges many stacks on all processors: warm processes take one stack after the other."""

import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from pathlib import Path

from policies.report import UnjudgedStack
from stacks.gc_tuning import relax_gc
from stacks.project import Project
from stacks.sessions.check.judge import JudgedSource, judge_source
from stacks.sessions.check.sources import StackSource
from stacks.sessions.recording import StackRecorder

OnJudged = Callable[[str, JudgedSource | UnjudgedStack, int], None]


def judge_in_parallel(
    project: Project, stacks: Sequence[str], on_judged: OnJudged
) -> list[JudgedSource | UnjudgedStack]:
    """Each stack judged, in the order given. Ctrl-C ends the processes at once."""
    results: dict[str, JudgedSource | UnjudgedStack] = {}
    with _executor(project, min(len(stacks), processor_count())) as executor:
        waiting = {executor.submit(_judge, stack): stack for stack in _longest_first(project, stacks)}
        for future in as_completed(waiting):
            stack = waiting[future]
            results[stack] = _result(future, stack)
            on_judged(stack, results[stack], len(results))
    return [results[stack] for stack in stacks]


def _longest_first(project: Project, stacks: Sequence[str]) -> list[str]:
    """Stacks by the size of their specs, so that no process is left alone with a large one at the end."""
    return sorted(stacks, key=lambda stack: project.stack_file(stack).stat().st_size, reverse=True)


def processor_count() -> int:
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


def _context() -> BaseContext:
    """Forks processes from one that has imported everything, where the system can; else each imports by itself."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["stacks.sessions.check.preload"])
    return context


def _result(future: "Future[JudgedSource | UnjudgedStack]", stack: str) -> JudgedSource | UnjudgedStack:
    try:
        return future.result()
    except BrokenExecutor as error:
        return UnjudgedStack(stack=stack, message=f"the process that judged it died ({error}); check {stack} by itself")


_recorder: StackRecorder | None = None  # of this worker process


def _begin(root: Path) -> None:
    """Ctrl-C reaches every process of the terminal; the parent is the one that acts on it."""
    global _recorder  # noqa: PLW0603 - a worker process has one project
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    relax_gc()
    _recorder = StackRecorder(Project.find(root))


def _judge(stack: str) -> JudgedSource | UnjudgedStack:
    """Judges one stack. What the rules cached on its graph stays here; a plain copy of the graph is sent back."""
    assert _recorder is not None  # noqa: S101 - _begin ran
    result = judge_source(StackSource(recorder=_recorder, stack=stack))
    gc.collect()
    if isinstance(result, UnjudgedStack):
        return result
    return replace(result, subject=replace(result.subject, graph=replace(result.subject.graph)))
