"""What the command line of ``qunlab sweep`` says, checked; and what the study would take."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.study.course import Tally
    from sim.study.design import Design
    from sim.study.sweep import Options


@dataclass(frozen=True)
class SweepWords:
    """What the command line says of how to play."""

    out: Path | None
    threads: int | None = None
    cluster: str | None = None
    shard: str | None = None
    time_limit: float | None = None
    memory_limit: float | None = None
    retry_failed: bool = False
    posterior: str | None = None
    particles: int | None = None
    isolate: bool = False

    def faults(self) -> Iterator[str]:
        """Yield a line for everything that is wrong."""
        from sim.cli.run import MOST_THREADS
        from sim.study.cluster import checked_cluster
        from sim.study.shards import parse_shard

        if self.threads is not None and not 1 <= self.threads <= MOST_THREADS:
            yield f"--threads: {self.threads} is out of range; allowed: 1 to {MOST_THREADS}"
        limits = {"--time-limit": self.time_limit, "--memory-limit": self.memory_limit}
        for name, limit in limits.items():
            if limit is not None and not 0 < limit < float("inf"):
                yield f"{name}: {limit:g} is out of range; allowed: above 0"
        if self.posterior is None and self.particles is not None:
            yield "--particles: belongs to --posterior, which is not there"
        if self.isolate and self.cluster:
            yield "--isolate: not with --cluster, whose workers are processes of their own"
        checks = ((parse_shard, self.shard), (checked_cluster, self.cluster))
        for check, text in checks:
            try:
                if text is not None:
                    check(text)
            except InputError as fault:
                yield from fault.problems

    def over_doubt(self, design: Design) -> Design:
        """Let every point meet the parameter sets of the posterior, if one is asked for."""
        from sim.populations import USUAL_PARTICLES, draw_posterior
        from sim.study.crossing import crossed

        if self.posterior is None:
            return design
        draws = USUAL_PARTICLES if self.particles is None else self.particles
        return crossed(design, draw_posterior(self.posterior, draws))

    def options(self, watch: Callable[[Tally], None]) -> Options:
        """Return them as the study wants them."""
        from sim.study.limits import Limits
        from sim.study.shards import parse_shard
        from sim.study.sweep import Options, default_limits

        usual = default_limits(self.threads)
        seconds, gib = self.time_limit or usual.seconds, self.memory_limit or usual.gib
        limits = Limits(seconds, gib, self.isolate)
        shard = parse_shard(self.shard) if self.shard else None
        return Options(limits, shard, self.cluster, self.retry_failed, watch)


def read_design(
    file: Path, replications: int | None, words: SweepWords, dry_run: bool = False
) -> Design:
    """Read the sweep file and check the rest of the command line (a dry run needs no folder), or
    name every fault of both.
    """
    from sim.study.design import load_design

    problems = list(words.faults())
    out = words.out
    if out is not None:
        above = next(place for place in (out, *out.absolute().parents) if place.exists())
        if not above.is_dir():
            problems.append(f"--out: {above} is a file, not a folder")
    elif not dry_run:
        problems.append("--out: missing; write --out DIR, or --dry-run")
    try:
        design = words.over_doubt(load_design(file, replications))
    except InputError as fault:
        problems.extend(fault.problems)
    if problems:
        raise InputError(problems)
    return design


def show_estimate(design: Design, threads: int | None, as_json: bool) -> None:
    """Print how many communities a design has, and about what they take."""
    import dataclasses

    from sim.progress import duration_in_words
    from sim.study.estimate import estimate

    found = estimate(design, threads)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(found), indent=2))
        return
    typer.echo(
        f"{design.name}: {found.points:,} points x {design.replications:,} replications = "
        f"{found.communities:,} communities, {found.member_days:,.0f} member-days\n"
        f"time: about {duration_in_words(found.seconds)} on this machine (from a timing of "
        f"{found.tried:,} communities; other work on it makes it longer)\n"
        f"disk: about {found.disk_bytes / 1e6:,.1f} MB; memory: about {found.gib:.2f} GiB for the "
        "communities at once, and 0.3 GiB besides\n"
        f"seed {design.seed}"
    )
    if found.failed:
        typer.echo(
            f"{found.failed:,} of {found.tried:,} tried failed: {found.first_error}", err=True
        )
