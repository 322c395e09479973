"""What the claims hang on: every assumption halved and doubled, one line of a file a play."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.operations.claims import CLAIMS, HOLDS, REVERSED, UNCLEAR, Claim
from experiments.operations.plays import TABLES, Frame, Table, played
from sim.errors import InputError
from sim.report.ablation import assumption_versions
from sim.scenario import Scenario

AS_SET = "as set"


def tables_of(claims: Sequence[Claim]) -> list[Table]:
    """Keep the plays that claims speak of."""
    steps = [step for claim in claims for step in claim.steps]
    wanted = {
        table.key: {name for s in steps if s.table == table.key for name in (s.first, s.second)}
        for table in TABLES
    }
    return [table.only(wanted[table.key]) for table in TABLES if wanted[table.key]]


@dataclass(frozen=True)
class Plays:
    """Verdicts of all claims, play by play, kept in a file that a later run goes on with."""

    path: Path
    groups: int
    seed: int

    def known(self) -> dict[str, dict[str, str]]:
        """Read what was played: name of the play to claim to verdict.

        Raises
        ------
        InputError
            When the file is of other groups or another seed.
        """
        if not self.path.is_file():
            return {}
        rows = [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]
        if any((row["groups"], row["seed"]) != (self.groups, self.seed) for row in rows):
            raise InputError([f"{self.path}: holds plays of other groups or of another seed"])
        return {row["play"]: row["verdicts"] for row in rows}

    def keep(self, play: str, verdicts: Mapping[str, str]) -> None:
        """Add a play."""
        row = {"play": play, "groups": self.groups, "seed": self.seed, "verdicts": dict(verdicts)}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def versions(base: Scenario, only: Sequence[str] = ()) -> dict[str, Scenario]:
    """Name the scenario as it is, and with each assumption moved."""
    moved = assumption_versions(base)
    chosen = {
        name: values
        for name, values in moved.items()
        if not only or any(key in only for key in values)
    }
    return {AS_SET: base, **{name: base.with_values(values) for name, values in chosen.items()}}


def verdicts_of(base: Scenario, plays: Plays) -> dict[str, str]:
    """Play what the claims need once, and judge each."""
    frames: dict[str, Frame] = {
        table.key: played(table, base, plays.groups, plays.seed) for table in tables_of(CLAIMS)
    }
    return {claim.text: claim.verdict(frames) for claim in CLAIMS}


def play_all(
    scenarios: Mapping[str, Scenario], plays: Plays, tell: Callable[[int, int], None]
) -> dict[str, dict[str, str]]:
    """Play every version that the file does not hold yet, and return all."""
    found = plays.known()
    for done, (name, scenario) in enumerate(scenarios.items()):
        if name not in found:
            found[name] = verdicts_of(scenario, plays)
            plays.keep(name, found[name])
        tell(done + 1, len(scenarios))
    return found


def lines(found: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Say of each claim in how many plays it holds, and name those that turn it round."""
    moved = {name: verdicts for name, verdicts in found.items() if name != AS_SET}
    for claim in CLAIMS:
        by = {
            verdict: [name for name, one in moved.items() if one[claim.text] == verdict]
            for verdict in (HOLDS, UNCLEAR, REVERSED)
        }
        usual = found[AS_SET][claim.text]
        turned = by[HOLDS if usual == REVERSED else REVERSED]
        yield (
            f"{claim.text}: as set, {usual}; of {len(moved)} plays holds in {len(by[HOLDS])}, "
            f"no clear difference in {len(by[UNCLEAR])}, does not hold in {len(by[REVERSED])}"
            f"{'; turned by ' if turned else ''}{', '.join(turned)}"
        )
