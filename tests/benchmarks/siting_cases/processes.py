"""One side of a comparison in a process of its own: on one core, with one thread, its memory watched from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[3]
_THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_SAMPLE_SECONDS: Final = 0.1


@dataclass(frozen=True)
class Outcome:
    """What a process said and took.

    Parameters
    ----------
    rows
        The JSON objects it printed, one a line.
    peak_mb
        Most memory that it and its children held at the same time, in megabytes; None where the system does not tell.
    failure
        Why there are no rows, empty where all went well.
    """

    rows: tuple[dict[str, Any], ...]
    peak_mb: float | None
    failure: str = ""


def run_alone(command: Sequence[str], timeout_seconds: float, *, pinned: bool = True) -> Outcome:
    """Run a command on one core, or on all unless `pinned`, and return what it printed.

    Parameters
    ----------
    command
        Program and arguments; it prints a JSON object a line, and measures its own processor seconds.
    timeout_seconds
        After this much wall-clock time it and its children are ended.
    """
    environment = {**os.environ, **dict.fromkeys(_THREADS, "1"), "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*(_pinned() if pinned else []), *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    watch = _Watch(process.pid)
    try:
        output, errors = process.communicate(timeout=timeout_seconds)
        failure = "" if process.returncode == 0 else (errors.strip().splitlines() or ["it failed"])[-1]
    except subprocess.TimeoutExpired:
        _end(process)
        output, _errors = process.communicate()
        failure = f"not finished after {timeout_seconds:.0f} s"
    return Outcome(tuple(_objects(output)), watch.stop(), failure)


def _pinned() -> list[str]:
    """Return the words that keep a command on the last processor that is allowed, where the system can do that."""
    if not hasattr(os, "sched_getaffinity"):
        return []
    from shutil import which

    taskset = which("taskset")
    return [] if taskset is None else [taskset, "-c", str(max(os.sched_getaffinity(0)))]


def _end(process: subprocess.Popen[str]) -> None:
    """End a process that was started here, and what it started."""
    if hasattr(os, "killpg"):
        import signal

        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _objects(output: str) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


class _Watch:
    """Adds up, again and again, what a process and its children hold."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peak_kb, self.done = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)
        if sys.platform == "linux":
            self.thread.start()

    def stop(self) -> float | None:
        """Return the most megabytes seen."""
        self.done.set()
        if sys.platform != "linux":
            return None
        self.thread.join()
        return self.peak_kb / 1e3

    def _look(self) -> None:
        while not self.done.wait(_SAMPLE_SECONDS):
            family = _family(self.pid)
            # A process that is alone has kept its own highest mark; of several, what they hold now is added up.
            held = [_status_kb(pid, "VmHWM:" if len(family) == 1 else "VmRSS:") for pid in family]
            self.peak_kb = max(self.peak_kb, sum(held))


def _family(pid: int) -> list[int]:
    """Return a process and all below it."""
    found = [pid]
    for parent in found:
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        except OSError:
            continue
        found.extend(int(child) for child in children)
    return found


def _status_kb(pid: int, field: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(field)), 0)


def clock() -> float:
    """Return processor seconds of this process and its finished children."""
    if sys.platform == "win32":
        return time.process_time()
    import resource

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
