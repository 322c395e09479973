"""Play blocks on a Dask cluster: workers on this machine, or a scheduler somewhere else."""

from __future__ import annotations

import hashlib
import io
import logging
import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from multiprocessing import resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.errors import InputError
from sim.files import write_whole
from sim.params import parameters
from sim.scenario import NamedPolicy, Scenario
from sim.scenario.scenario import file_of, value_of
from sim.study.manifest import code_digest, digest_of
from sim.study.playing import Limits, Tick, play_in_threads
from sim.study.rows import Work

if TYPE_CHECKING:
    from sim.study.manifest import Block

LOCAL = re.compile(r"local(?::([1-9]\d{0,2}))?")
ADDRESS = re.compile(r"(tcp|tls|ucx|ws|wss)://\S+")
# blocks sent ahead to each worker: enough to keep it busy, few enough to keep memory flat
WAITING_BLOCKS = 2

# A block whose workers died so often is given up: it is the block that kills them
MOST_DEATHS = 25

CONNECT_SECONDS = 20

# without Dask's own MALLOC_TRIM_THRESHOLD_: it gives each block's memory back to the system
WORKER_ENVIRONMENT = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1)

# of Dask
SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,  # the deaths are counted here, and nowhere else
    "distributed.scheduler.worker-saturation": 1.0,  # a worker that dies held one block: the guilty
    "distributed.worker.profile.enabled": False,  # it looks a hundred times a second
    "distributed.nanny.pre-spawn-environ": WORKER_ENVIRONMENT,
}

# parameters that may name a file
FILE_KEYS = [key for key, known in parameters().items() if known.suffix]


def checked_cluster(text: str) -> str:
    """Check what ``--cluster`` says: ``local``, ``local:N`` or ``tcp://HOST:PORT``."""
    if LOCAL.fullmatch(text) or ADDRESS.fullmatch(text):
        return text
    allowed = "local, local:N workers (1 to 999), tcp://HOST:PORT"
    raise InputError([f"--cluster: {text!r} is no cluster; allowed: {allowed}"])


def play_in_cluster(
    works: Iterator[Work], cluster: str, limits: Limits, tick: Tick | None = None
) -> Iterator[tuple[Block, pd.DataFrame]]:
    """Play blocks on the workers of a cluster and yield their rows as they come.

    A worker that dies costs its block, which others play again. Only this process writes; workers
    need the same Qunlab, numba and kind of processor. `ConnectionError`: the scheduler is lost.
    """
    with _client(checked_cluster(cluster)) as client, _scheduler_there(cluster):
        from distributed import KilledWorker, as_completed

        _check_code(client)
        running: dict[Any, tuple[Work, int]] = {}
        finished = as_completed()

        def submit(work: Work, deaths: int) -> None:
            future = client.submit(play_packed, *packed(work), limits, pure=False)
            running[future] = work, deaths
            finished.add(future)

        def top_up() -> None:
            wanted = (1 + WAITING_BLOCKS) * max(1, sum(client.nthreads().values()))
            for work in islice(works, max(0, wanted - len(running))):
                submit(work, 0)

        try:
            top_up()
            while running:
                future = next(finished)
                work, deaths = running.pop(future)
                try:
                    rows: pd.DataFrame = future.result()
                except KilledWorker as fault:
                    deaths += 1 + int(fault.allowed_failures)
                    if deaths >= MOST_DEATHS:
                        died = f"block {work.block.number} killed {deaths} workers; see their logs"
                        raise InputError([f"--cluster: {died}"]) from None
                    submit(work, deaths)
                    continue
                if tick is not None:
                    tick(work.block, work.block.groups, work.block.groups)
                future.release()
                top_up()
                yield work.block, rows
        finally:
            with suppress(OSError):
                client.cancel(list(running))


@contextmanager
def _scheduler_there(cluster: str) -> Iterator[None]:
    """Turn what Dask raises, and logs, once its scheduler is gone into one line."""
    from distributed.comm import CommClosedError

    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        yield
    except (CancelledError, CommClosedError, TimeoutError):
        raise ConnectionError(
            f"--cluster: {cluster}: the scheduler is lost; the blocks that were played are stored, "
            "the same command continues"
        ) from None


@contextmanager
def local_workers(count: int | None) -> Iterator[Any]:
    """Start workers here, one thread each, by default one a core; stop them at the end."""
    import dask
    from distributed import LocalCluster

    with dask.config.set(SETTINGS):
        with _deaf_to_interrupts():
            workers = LocalCluster(
                n_workers=count, threads_per_worker=1, dashboard_address=None, silence_logs=50
            )
        with workers:
            yield workers


@contextmanager
def _client(cluster: str) -> Iterator[Any]:
    try:
        import dask
        from distributed import Client
    except ImportError:
        install = "install it with: pip install 'qunlab[cluster]'"
        raise InputError([f"--cluster: needs Dask; {install}"]) from None
    if found := LOCAL.fullmatch(cluster):
        count = int(found[1]) if found[1] else None
        with local_workers(count) as workers, Client(workers) as client:
            yield client
        return
    with dask.config.set(SETTINGS):
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

    Threads made here inherit the mask, and so do their processes; the resource tracker, were it
    started by one, would lift it.
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _check_code(client: Any) -> None:
    """Refuse workers that would give other numbers."""
    own, codes = code_digest(), client.run(code_digest)
    if others := [worker for worker, code in codes.items() if code != own]:
        other = f"worker {others[0]} has engine {codes[others[0]]}, this is {own}"
        cure = "install the same Qunlab, Python and numba there, on the same kind of processor"
        raise InputError([f"--cluster: {other}; {cure}"])


def play_packed(pickled: bytes, files: dict[str, bytes], limits: Limits) -> pd.DataFrame:
    """Play a block on a worker, with one thread, and return its rows."""
    ((_, rows),) = play_in_threads([unpacked(pickled, files)], 1, limits)
    return rows


def unpacked(pickled: bytes, files: dict[str, bytes]) -> Work:
    """Return work whose scenarios name the files as they are on this worker."""
    import cloudpickle

    work: Work = cloudpickle.loads(pickled)
    if not files:
        return work
    places = {path: _file_here(path, content) for path, content in files.items()}
    scenarios = []
    for one in work.scenarios:
        changed = {key: places[path] for key, path in _named(one).items() if places[path] != path}
        scenarios.append(one.with_values(changed) if changed else one)
    return replace(work, scenarios=tuple(scenarios))


def packed(work: Work) -> tuple[bytes, dict[str, bytes]]:
    """Pickle a block for a worker, with code of one's own policies; and read the files that its
    scenarios name, by full path.
    """
    import cloudpickle

    files: dict[str, bytes] = {}
    modules = set()
    for scenario in work.scenarios:
        for path in _named(scenario).values():
            if path not in files:
                files[path] = Path(path).read_bytes()
        modules |= {type(named.policy).__module__ for named in scenario.policies}
    own = [sys.modules[name] for name in sorted(modules) if not name.startswith("sim.")]
    for module in own:
        cloudpickle.register_pickle_by_value(module)
    try:
        return _pickled(work), files
    finally:
        for module in own:
            cloudpickle.unregister_pickle_by_value(module)


def _pickled(work: Work) -> bytes:
    """Pickle policies with their class, not by the file they stand in, which stays here."""
    import cloudpickle

    class ByValue(cloudpickle.Pickler):  # type: ignore[misc]
        def reducer_override(self, one: object) -> Any:
            if isinstance(one, NamedPolicy):
                return NamedPolicy, (one.name, one.use, one.policy)
            return super().reducer_override(one)

    written = io.BytesIO()
    ByValue(written).dump(work)
    return written.getvalue()


def _file_here(path: str, content: bytes) -> str:
    """Find a file on this worker, or write what travelled along."""
    there = Path(path)
    wanted = hashlib.sha256(content).hexdigest()[:20]
    if there.is_file() and digest_of(there) == wanted:
        return path
    folder = Path(tempfile.gettempdir()) / "qunlab-files"
    folder.mkdir(exist_ok=True)
    copy = folder / f"{wanted}{there.suffix}"
    if not copy.is_file() or digest_of(copy) != wanted:
        write_whole(copy, content)
    return str(copy)


def _named(scenario: Scenario) -> dict[str, str]:
    """Return the full path of each file a scenario names but the code of its policies, by key."""
    values = {key: value_of(scenario, key) for key in FILE_KEYS}
    for named in scenario.policies:
        values |= {f"policies.{named.name}.{name}": v for name, v in named.values().items()}
    return {key: str(path) for key, value in values.items() if (path := file_of(key, value))}
