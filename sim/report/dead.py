"""The sentence about the dead: how many, where most, and how far the definition matters."""

from __future__ import annotations

from sim.deaths import DEATHS, HEADLINE
from sim.report import paired
from sim.report.levers import CADENCE, SIZE, Cell, Lever, with_role
from sim.report.peaks import IN_DOUBT
from sim.report.shares import share_difference, share_of
from sim.report.study import Study
from sim.report.wording import listed, measure

DEAD = f"dead_{HEADLINE.key}"
DEATH = measure(DEAD)


def who_is_dead(study: Study) -> tuple[str, str]:
    """Say which share of the communities is dead, where most, and what other definitions say."""
    share, n = share_of(study.rows, DEAD)
    dead = f"dead ({HEADLINE.definition})"
    definition = (
        f"dead: {HEADLINE.definition} since creation, operators' messages are no life; in brackets "
        f"95 %, {study.share_method}"
    )
    if n == 0:
        return f"not known, since the definition needs {HEADLINE.needs_days} days", definition
    said = DEATH.write(share.value, share.lower, share.upper)
    if not share.value:
        answer = f"nobody, {said} of {n:,} communities {dead}"
        return f"{answer}{_alive(study)}; {_other_definitions(study)}", definition
    lever = with_role(study.levers, SIZE) or with_role(study.levers, CADENCE)
    answer = f"{said} of {n:,} communities are {dead}{_deadliest(study, lever) if lever else ''}"
    answer += _worst_point(study) + _alive(study)
    return f"{answer}; {_other_definitions(study)}", definition


def _alive(study: Study) -> str:
    """Say how many have lived through the whole time."""
    share, known = share_of(study.rows.assign(alive=~study.rows["lifetime_observed"]), "alive")
    if not known:
        return ""
    said = DEATH.write(share.value, share.lower, share.upper)
    return f"; {said} have had no week without a member message {study.by_day}"


def _deadliest(study: Study, lever: Lever) -> str:
    table = paired.by_replication(study.rows, DEAD, lever.key)
    ranked = paired.best_first(table, more_is_better=True)
    if len(ranked) < 2:
        return ""
    most, least = ranked[0], ranked[-1]
    gap = share_difference(table, most, least)
    if not gap.told_apart:
        return f", {lever.words(most)} and {lever.words(least)} not told apart"
    words = [_dead_at(study, lever, value) for value in (most, least)]
    gained = DEATH.write(gap.value, gap.lower, gap.upper, signed=True)
    doubt = f" ({IN_DOUBT})" * gap.in_doubt
    return f", most at {words[0]}, fewest at {words[1]}, a difference of {gained}{doubt}"


def _worst_point(study: Study) -> str:
    several = [lever for lever in study.levers if lever.several]
    means = study.by_luck.groupby("point")[DEAD].mean().astype(float).dropna()
    if len(several) < 2 or means.empty:
        return ""
    rows = study.rows[study.rows["point"] == means.idxmax()]
    own, _ = share_of(rows, DEAD)
    words = listed([lever.words(rows[lever.key].iloc[0]) for lever in several], 9)
    return f", and at worst {DEATH.write(own.value, *own.interval)} at {words}"


def _dead_at(study: Study, lever: Lever, value: Cell) -> str:
    rows = study.rows[study.rows[lever.key] == value]
    own, _ = share_of(rows, DEAD)
    return f"{lever.words(value)}, {DEATH.write(own.value, own.lower, own.upper)}"


def _other_definitions(study: Study) -> str:
    """Say how far the answer depends on the definition."""
    rows = study.rows
    shares = {
        death.definition: share_of(rows, f"dead_{death.key}")[0]
        for death in DEATHS
        if f"dead_{death.key}" in rows and death is not HEADLINE
    }
    decided = {name: share for name, share in shares.items() if share.replications}
    if not decided:
        return "no other definition can be decided"
    ends = [pick(decided, key=lambda name: decided[name].value) for pick in (min, max)]
    said = [DEATH.write(share.value, *share.interval) for share in (decided[end] for end in ends)]
    if decided[ends[0]].value == decided[ends[1]].value:
        return f"all other definitions that {study.days} can decide say {said[0]}"
    return f"other definitions say {said[0]} to {said[1]}, the most by '{ends[1]}'"
