"""A command as a whole process: what it took, alone and beside others in alternation.

What is counted is the command with all its children, as the kernel tells when it ends: wall seconds, processor seconds
(user and system), and the peak memory of the largest single process. A bare Python of its own starts the command, because
on Linux a process begins with the peak of the one that started it, and whoever measures may be large.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
_SHOWN = 40
"""Lines of the output of a command that failed."""
_STARTER = """
import os, sys, time
output, *command = sys.argv[1:]
files = [(os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), (os.POSIX_SPAWN_DUP2, 1, 2)]
began = time.perf_counter()
pid = os.posix_spawnp(command[0], command, os.environ, file_actions=files)
_, status, used = os.wait4(pid, 0)
wall = time.perf_counter() - began
print(os.waitstatus_to_exitcode(status), wall, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


class CommandFailed(SystemExit):
    """A measured command ended otherwise than it should; nothing can be said of its time."""


class Measured(NamedTuple):
    """One run of a command: seconds, seconds of the processor, MiB, and what it printed on both channels."""

    wall: float
    cpu: float
    peak: float
    output: str


class Command(NamedTuple):
    """What is run: the words, the variables beside those of this process, and what is done before, unmeasured."""

    words: Sequence[str | Path]
    environment: Mapping[str, str] = {}
    before: Callable[[], object] = lambda: None


class Compared(NamedTuple):
    """Medians of the runs of one command, and medians of what was taken pair by pair beside the named one."""

    wall: float
    cpu: float
    peak: float
    ratio: float
    """Of wall seconds."""
    cpu_ratio: float
    over: float
    """Wall seconds more than the other one."""
    runs: list[Measured]


def measure(command: Command) -> Measured:
    """Run a command once, at the project's root.

    Raises:
        CommandFailed: it did not end with 0, or cannot be started; the end of its output is shown.
    """
    command.before()
    words = [str(word) for word in command.words]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "output"
        started = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _STARTER, file, *words],
            env=_environment(command),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        output = file.read_text(errors="replace") if file.exists() else ""
    if started.returncode:
        raise CommandFailed(f"{' '.join(words)} could not be started:\n{started.stderr}")
    code, wall, cpu, kibibytes = started.stdout.split()
    if code != "0":
        end = "\n".join(output.splitlines()[-_SHOWN:])
        raise CommandFailed(f"{' '.join(words)} ended with {code}, its last words:\n{end}")
    return Measured(float(wall), float(cpu), int(kibibytes) / 1024, output)


def _environment(command: Command) -> dict[str, str]:
    """Of this process, less what forbids Python to keep what it compiled: it does so wherever people run it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | dict(command.environment)


def alternate(commands: Mapping[str, Command], *, rounds: int, beside: str, warmup: int = 1) -> dict[str, Compared]:  # fmt: skip
    """Run several commands in turn, A B C A B C, so that all meet the same machine; the first rounds only warm up.

    Args:
        commands: by name, in the order in which they run.
        rounds: how many count.
        beside: the name of the command that the others are compared with.
        warmup: how many rounds come first and do not count.
    """
    turns = [
        {name: measure(command) for name, command in commands.items()}
        for _ in range(warmup + rounds)
    ][warmup:]
    other = [turn[beside] for turn in turns]
    return {name: compare([turn[name] for turn in turns], other) for name in commands}


def compare(runs: Sequence[Measured], others: Sequence[Measured]) -> Compared:
    """Medians of the runs, and of what they are beside the others, pair by pair."""
    pairs = list(zip(runs, others, strict=True))
    return Compared(
        wall=median(run.wall for run in runs),
        cpu=median(run.cpu for run in runs),
        peak=median(run.peak for run in runs),
        ratio=median(run.wall / other.wall for run, other in pairs),
        cpu_ratio=median(run.cpu / other.cpu for run, other in pairs),
        over=median(run.wall - other.wall for run, other in pairs),
        runs=list(runs),
    )
