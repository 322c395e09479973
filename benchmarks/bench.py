"""Speed of Qunlab: `make bench` prints a table and writes results/bench.json.

Times are processor seconds of one thread. A shared machine is noisy: beside each figure stands what
one call of the random number generator, a fixed piece of work, took meanwhile; where it is well
above the least in the table, the core was not quiet and the figure is too low.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import machine
import measures
import overheads
import starts
import studies

from sim.ensemble import SLOTS_IN_BLOCK
from sim.scenario import load_scenario

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results" / "bench.json"
WATCHED = ("Waker", "Rewarder", "Doorkeeper")


@dataclass(frozen=True)
class Row:
    """One measurement, and the bar it has to reach: ``(">=", 1.0)`` or none."""

    what: str
    value: float
    unit: str
    bar: tuple[str, float] | None = None
    philox_ns: float | None = None
    note: str = ""

    @property
    def passes(self) -> bool | None:
        """Whether the bar is reached; None without a bar."""
        if self.bar is None:
            return None
        sign, limit = self.bar
        return self.value >= limit if sign == ">=" else self.value <= limit

    def line(self) -> str:
        """Write the row of the table."""
        verdict = {None: "", True: "pass", False: "FAIL"}[self.passes]
        bar = f"{self.bar[0]} {self.bar[1]:g}" if self.bar else ""
        loop = f"{self.philox_ns:.1f}" if self.philox_ns else ""
        return (
            f"{self.what:<44} {self.value:>10.4g} {self.unit:<14} {bar:<8} {verdict:<5}"
            f"{loop:>6}  {self.note}"
        ).rstrip()


def timed(
    what: str,
    measured: measures.Timed,
    unit: str,
    bar: tuple[str, float] | None = None,
    scale: float = 1.0,
    note: str = "",
) -> Row:
    """Make a row of a measurement in rounds."""
    rounds = f"{measured.rounds} of {measured.of_rounds} rounds quiet"
    return Row(
        what, measured.value * scale, unit, bar, measured.philox_ns,
        f"{rounds}; {note}" if note else rounds,
    )  # fmt: skip


def scenario_rows() -> Iterator[Row]:
    """Say what happens in the pinned scenario: it must not become an easier one."""
    pinned = load_scenario(starts.SCENARIO)
    seen = measures.rates(pinned, 64)
    yield Row("pinned: members at creation", pinned.params.group.size, "", (">=", 200))
    yield Row("pinned: days", pinned.days, "", (">=", 14))
    yield Row("pinned: looks", seen.looks, "/member-day", (">=", 4.0))
    yield Row("pinned: messages", seen.messages, "/member-day", (">=", 0.5))
    yield Row("pinned: messages read", seen.reads, "/look", (">=", 15.0))
    yield Row("pinned: ties of the median member", seen.ties, "", (">=", 12.0))
    yield Row("pinned: packets of the team", seen.packets_a_day, "/day", (">=", 0.9))
    yield Row("pinned: groups alive on the last day", seen.alive_share, "share", (">=", 1.0))


def speed_rows() -> Iterator[Row]:
    """Measure the engine on one core, against `Community`, and the shipped community."""
    pinned = load_scenario(starts.SCENARIO)
    seen = measures.rates(pinned, 64)
    groups = SLOTS_IN_BLOCK // pinned.params.group.size  # a block as `simulate` makes it
    engine, community, ratio = measures.beside_community(pinned, groups, 9)
    yield timed("ensemble, one core", engine, "M member-days/s", (">=", 1.0), 1e-6)
    yield Row("  looks", engine.value * seen.looks / 1e6, "M/s")
    yield Row("  messages read", engine.value * seen.looks * seen.reads / 1e6, "M/s")
    yield Row("  a look", 1e9 / engine.value / seen.looks, "ns")
    yield timed("Community", community, "member-days/s", (">=", 3000))
    yield timed("ensemble over Community", ratio, "x", (">=", 200))
    shipped = load_scenario(HERE.parent / "configs" / "base.toml")
    yield timed(
        "shipped community, one core", measures.speed(shipped, 64, 9), "M member-days/s", None, 1e-6
    )


def cost_rows() -> Iterator[Row]:
    """Measure what size, age, threads and reactive policies cost."""
    pinned = load_scenario(starts.SCENARIO)
    yield timed(
        "a look at N = 2000 over N = 200", measures.large_over_small(pinned, 7), "x", ("<=", 2.0)
    )
    yield timed("a look at day 90 over day 14", measures.late_over_early(pinned), "x", ("<=", 1.2))
    watched = pinned.with_values(
        {f"policies.{name.lower()}.use": f"{HERE / 'operators.py'}:{name}" for name in WATCHED}
    )
    reactive = measures.reactive_over_plain(pinned, watched, 3)
    yield timed("three reactive policies over none", reactive, "x", ("<=", 1.3))
    gain = measures.two_threads_over_one(pinned, 5)
    loop = machine.loop_gain_of_two_threads()
    told = machine.physical_cores() >= 2 and loop >= 1.85
    yield timed(
        "two threads over one",
        gain,
        "x",
        (">=", 1.7) if told else None,
        note=f"a bare loop gains {loop:.2f}x" + ("" if told else ": no two quiet cores"),
    )


def start_rows() -> Iterator[Row]:
    """Measure starts and memory in processes of their own."""
    first, again, play = starts.first_and_later()
    said = "says so" if "ompil" in first.errors else "SAYS NOTHING"
    yield Row(
        "first compile",
        first.cpu_seconds,
        "CPU s",
        ("<=", 30.0),
        note=f"{said}; {first.seconds:.1f} s elapsed",
    )
    yield Row(
        "later starts: one group played",
        play.cpu_seconds,
        "CPU s",
        ("<=", 2.0),
        note=f"{play.seconds:.1f} s elapsed",
    )
    yield Row("  qunlab run, tables and all", again.cpu_seconds, "CPU s")
    yield Row("import sim", starts.import_seconds(), "CPU s", ("<=", 0.3))
    starts.peak_mebibytes(1)  # compiles where that is still to do: it takes more memory than a run
    (one, kept_one), (eight, kept_eight) = (starts.peak_mebibytes(n) for n in (256, 2048))
    grown = (eight - kept_eight) / (one - kept_one)
    yield Row(
        "peak memory of 8 x the runs",
        grown,
        "x",
        ("<=", 1.2),
        note=f"{one:.0f} and {eight:.0f} MiB, results {kept_one:.0f} and {kept_eight:.0f}",
    )


def study_rows() -> Iterator[Row]:
    """Measure whole studies, process start and storing included, by the clock."""
    studies.study(1000, 200, 7)
    small = studies.study(1000, 200, 7)
    yield Row(
        "1000 communities of 200 x 7 days, stored", small.seconds, "s elapsed", ("<=", 3.0),
        note=f"{small.cpu_seconds:.1f} CPU s, {small.mebibytes_stored:.2f} MiB stored",
    )  # fmt: skip
    mesa = studies.mesa_seconds(1000, 20, 200, 7)
    yield Row(
        "  the same through Mesa's batch runner", mesa, "s elapsed",
        note=f"extrapolated from 20 communities; {mesa / small.seconds:.0f} x",
    )  # fmt: skip
    large = studies.study(100_000, 100, 14)
    yield Row(
        "100,000 communities of 100 x 14 days", large.seconds, "s elapsed", ("<=", 150.0),
        note=f"{large.cpu_seconds:.0f} CPU s, {large.mebibytes_stored:.0f} MiB stored",
    )  # fmt: skip
    yield Row("  its peak memory", large.peak_mebibytes, "MiB", ("<=", 1024.0))
    storing = overheads.storing_share(10_000, 100, 14, 5)
    yield Row(
        "storing, share of a sweep's elapsed time", storing, "share", ("<=", 0.15),
        note="10,000 communities of 100 x 14 days; threads play on meanwhile",
    )  # fmt: skip
    dask = overheads.cluster_over_threads(20_000, 100, 14, 5)
    yield Row(
        "two Dask workers over two threads, running", dask.ratio, "x elapsed", ("<=", 1.15),
        note=f"{dask.least:.2f}-{dask.most:.2f} in 5 pairs; CPU {dask.cpu_ratio:.2f} x; starting "
        f"workers, {dask.start_seconds:.1f} s, not counted",
    )  # fmt: skip


def main() -> int:
    """Measure, print, write; 1 when a bar is missed."""
    print(f"{'':<44} {'value':>10} {'':<14} {'bar':<8} {'':<5}{'philox':>6}")
    rows = []
    for part in (scenario_rows, speed_rows, cost_rows, start_rows, study_rows):
        for row in part():
            print(row.line(), flush=True)
            rows.append(dataclasses.asdict(row) | {"passes": row.passes})
    told = {"machine": machine.description(), "rows": rows}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    missed = [row["what"] for row in rows if row["passes"] is False]
    print(f"\n{len(missed)} bars missed{': ' if missed else ''}{'; '.join(missed)}")
    print(
        f"philox: ns a call of the generator meanwhile, the least when the core is quiet; {RESULTS}"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
