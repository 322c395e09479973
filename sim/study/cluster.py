"""Play blocks on a Dask cluster: workers on this machine, or a scheduler somewhere else."""

from __future__ import annotations

import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import InputError
from sim.params import parameters
from sim.scenario import Scenario
from sim.scenario.allowed import allowed_values
from sim.scenario.writing import items
from sim.study.code import code_digest
from sim.study.files import digest_of, file_of
from sim.study.limits import Limits
from sim.study.manifest import Block
from sim.study.playing import Tick, play_in_threads
from sim.study.rows import Work

LOCAL = re.compile(r"local(?::(\d{1,3}))?")
ADDRESS = re.compile(r"(tcp|tls|ucx|ws|wss)://\S+")
WAITING_BLOCKS = 2
"""Blocks sent ahead to each worker: enough to keep it busy, few enough to keep memory flat."""

MOST_DEATHS = 25
"""A block whose workers died so often is given up: it is the block that kills them."""

CONNECT_SECONDS = 20

WORKER_ENVIRONMENT = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1)
"""Without Dask's own MALLOC_TRIM_THRESHOLD_: it gives each block's memory back to the system."""


@dataclass(frozen=True)
class Parcel:
    """A block on its way to a worker: code of one's own policies travels along, and so do files.

    Attributes
    ----------
    work : bytes
        The pickled `Work`.
    files : dict of str to bytes
        Full path to content of the edge lists that the scenarios name.
    limits : Limits
    """

    work: bytes
    files: dict[str, bytes]
    limits: Limits


def checked_cluster(text: str) -> str:
    """Check what ``--cluster`` says.

    Examples
    --------
    >>> checked_cluster("local:2"), checked_cluster("tcp://10.0.0.1:8786")
    ('local:2', 'tcp://10.0.0.1:8786')
    """
    if LOCAL.fullmatch(text) or ADDRESS.fullmatch(text):
        return text
    raise InputError(
        [f"--cluster: {text!r} is no cluster; allowed: local, local:N workers, tcp://HOST:PORT"]
    )


def play_in_cluster(
    works: Iterator[Work], cluster: str, limits: Limits, tick: Tick | None = None
) -> Iterator[tuple[Block, pd.DataFrame]]:
    """Play blocks on the workers of a cluster and yield their rows as they come.

    A worker that dies costs the blocks it was playing, which others play again. Rows come back to
    this process, which alone writes: workers need no shared folder, but the same Qunlab, numba and
    kind of processor.

    Parameters
    ----------
    works : iterator of Work
    cluster : str
        As `checked_cluster` allows.
    limits : Limits
    tick : callable, optional
        As in `sim.study.playing.play_in_threads`.

    Yields
    ------
    block : Block
    rows : pandas.DataFrame

    Raises
    ------
    InputError
        No such cluster; a worker of other code; a block that kills its workers again and again.
    """
    with _client(cluster) as client:
        from distributed import as_completed

        _check_code(client)
        running: dict[Any, tuple[Work, int]] = {}
        finished = as_completed()

        def submit(work: Work, deaths: int) -> None:
            future = client.submit(play_parcel, _parcel(work, limits), pure=False)
            running[future] = work, deaths
            finished.add(future)

        try:
            _top_up(client, works, running, submit)
            while running:
                future = next(finished)
                work, deaths = running.pop(future)
                rows = _result(future, work, deaths)
                if rows is None:
                    submit(work, deaths + 1)
                    continue
                if tick is not None:
                    tick(work.block, work.block.groups, work.block.groups)
                future.release()
                _top_up(client, works, running, submit)
                yield work.block, rows
        finally:
            client.cancel(list(running))


def play_parcel(parcel: Parcel) -> pd.DataFrame:
    """Play a block on a worker, with one thread.

    Parameters
    ----------
    parcel : Parcel

    Returns
    -------
    pandas.DataFrame
        Its rows.
    """
    import cloudpickle

    work: Work = cloudpickle.loads(parcel.work)
    if parcel.files:
        places = {path: _unpacked(path, content) for path, content in parcel.files.items()}
        scenarios = tuple(_moved(scenario, places) for scenario in work.scenarios)
        work = replace(work, scenarios=scenarios)
    ((_, rows),) = play_in_threads([work], 1, parcel.limits)
    return rows


def _top_up(client: Any, works: Iterator[Work], running: Any, submit: Any) -> None:
    workers = max(1, sum(client.nthreads().values()))
    while len(running) < (1 + WAITING_BLOCKS) * workers:
        work = next(works, None)
        if work is None:
            return
        submit(work, 0)


def _result(future: Any, work: Work, deaths: int) -> pd.DataFrame | None:
    """Return the rows of a block; None when its workers died and it shall be played again."""
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker:
        if deaths < MOST_DEATHS:
            return None
        raise InputError(
            [f"--cluster: block {work.block.number} killed {deaths} workers; see their logs"]
        ) from None


@contextmanager
def _client(cluster: str) -> Iterator[Any]:
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise InputError(
            ["--cluster: needs Dask; install it with: pip install 'qunlab[cluster]'"]
        ) from None
    found = LOCAL.fullmatch(cluster)
    settings = {
        "distributed.scheduler.allowed-failures": MOST_DEATHS,
        "distributed.worker.profile.enabled": False,  # it looks a hundred times a second
        "distributed.nanny.pre-spawn-environ": WORKER_ENVIRONMENT,
    }
    with dask.config.set(settings):
        if found:
            count = int(found[1]) if found[1] else None
            with _deaf_to_interrupts():
                workers = LocalCluster(
                    n_workers=count, threads_per_worker=1, dashboard_address=None, silence_logs=50
                )
            with workers, Client(workers) as client:
                yield client
            return
        try:
            client = Client(cluster, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as fault:
            reason = " ".join(str(fault).split())[:200]
            raise InputError([f"--cluster: {cluster}: no answer: {reason}"]) from None
        with client:
            client.wait_for_workers(1)
            yield client


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Let the workers started now, and those that replace them, hear no Ctrl-C: this process does.

    A terminal interrupts all processes at once, and workers would each answer with a traceback. The
    threads made here inherit the mask, and the processes they start do; an interrupt that comes
    meanwhile waits. The resource tracker, were it started by such a thread, would lift the mask.
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _check_code(client: Any) -> None:
    """Refuse workers that would give other numbers."""
    own = code_digest()
    for worker, code in client.run(code_digest).items():
        if code != own:
            raise InputError(
                [
                    f"--cluster: worker {worker} has engine {code}, this is {own}; install the "
                    "same Qunlab, Python and numba there, on the same kind of processor"
                ]
            )


def _parcel(work: Work, limits: Limits) -> Parcel:
    import cloudpickle

    files: dict[str, bytes] = {}
    modules = set()
    for scenario in work.scenarios:
        for key in FILE_KEYS:
            value = getattr(getattr(scenario.params, key.partition(".")[0]), key.partition(".")[2])
            path = file_of(key, value)
            if path and str(path) not in files:
                files[str(path)] = path.read_bytes()
        modules |= {type(named.policy).__module__ for named in scenario.policies}
    own = [sys.modules[name] for name in sorted(modules) if not name.startswith("sim.")]
    for module in own:
        cloudpickle.register_pickle_by_value(module)
    try:
        return Parcel(cloudpickle.dumps(work), files, limits)
    finally:
        for module in own:
            cloudpickle.unregister_pickle_by_value(module)


def _unpacked(path: str, content: bytes) -> str:
    """Find a file on this worker, or write what travelled along."""
    import hashlib

    there = Path(path)
    wanted = hashlib.sha256(content).hexdigest()[:20]
    if there.is_file() and digest_of(there) == wanted:
        return path
    folder = Path(tempfile.gettempdir()) / "qunlab-files"
    folder.mkdir(exist_ok=True)
    copy = folder / f"{wanted}{there.suffix}"
    if not copy.is_file() or digest_of(copy) != wanted:
        from sim.study.store import write_whole

        write_whole(copy, content)
    return str(copy)


def _moved(scenario: Scenario, places: dict[str, str]) -> Scenario:
    """Let a scenario name its files where they are on this worker."""
    known = dict(items(scenario))
    changed = {key: places[str(known[key])] for key in FILE_KEYS if str(known[key]) in places}
    params = scenario.params.replace(changed)
    return replace(scenario, params=params) if changed else scenario


FILE_KEYS = [key for key in parameters() if allowed_values()[key].suffix]
"""Parameters that may name a file."""
