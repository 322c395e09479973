"""``qunlab my``: how my own group is doing, what it may do next, and what a change may bring.

One file because screen, page and JSON say the same things in the same order.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from sim.chatlog import ChatLog, read_log
from sim.chatlog.dates import known_zone
from sim.chatlog.importing import Wishes, import_chats
from sim.chatlog.people import read_key
from sim.cli.options import Json, Preset, from_here, option, option_faults
from sim.cli.terminal import print_json, say
from sim.errors import InputError
from sim.files import write_whole
from sim.forecast import BEGINS, REGRESSION, STAYS, outlook, shipped_record
from sim.language import N_, _, cells, recast
from sim.lives.health import GroupLog, Health, group_log, health
from sim.lives.human_log import DAY_SECONDS
from sim.report.answer import Card, three
from sim.report.shell import page
from sim.scenario import Scenario, load_scenario, to_toml
from sim.scenario.loading import UNMATCHED
from sim.scenario.toml import literal, parse_values
from sim.stats.intervals import wilson_interval
from sim.stats.paired import PairedDifference
from sim.study.twin import (
    LESS_IS_BETTER,
    POSTING,
    SILENT_WEEK,
    SPENT,
    Match,
    ShortLogError,
    Twin,
    checked,
    differences,
    from_today,
    tried,
    twin_of,
)

FILES = SCENARIO, PAGE = "group.toml", "report.html"
ZONE = "Asia/Shanghai"
ZONE_HELP = "WhatsApp and most tables need it, as Europe/Berlin; WeChat and QQ: Asia/Shanghai."
FEWEST_GROUPS, MOST_GROUPS = 40, 10_000
# when something is advised: assumptions of ours
FEWEST_POSTS, OFTEN_UNANSWERED, SELDOM_ANSWERED, MANY_POSTS_A_DAY = 5, 0.3, 0.2, 3.0
MOST_OF_TALK, FEWEST_MEMBERS, SMALLEST_SHARE = 0.5, 10, 0.02
MOST_ADVICE, MOST_NOTES, MOST_WEEKS = 3, 2, 8
LIKELY, APART = 0.5, 0.25  # of the chance of a silent week; of two such chances
MOST_MEMBERS = 5000
WIDTHS = 24, 6, 6, 24  # of the columns of a what-if
Sections = list[tuple[str, list[str]]]
_Text = str | None
Rate = tuple[str, int, int]  # of what, of how many, how many


@dataclass(frozen=True)
class Asked:
    """What the user asks of a group."""

    members: int | None
    base: Path
    seed: int
    groups: int
    preset: str | None
    instead: bool
    changes: dict[str, Any] = field(default_factory=dict)

    def scenario(self, preset: bool = False) -> Scenario:
        """Return what tells what a log does not, perhaps with the team of the preset."""
        named = {"preset": self.preset} if preset else {}
        return load_scenario(self.base, {"run.seed": self.seed, **named})


@dataclass(frozen=True)
class Found:
    """What is known of a group."""

    health: Health
    seen: dict[str, float]  # days, messages, members who wrote, the team's posts a day
    forecast: dict[str, Any]
    notes: list[str]  # what was assumed, or is not known
    is_asked: bool  # whether a what-if is asked
    twin: Twin | None = None
    refused: str = ""  # why there is no twin
    matches: tuple[Match, ...] = ()
    changes: dict[str, PairedDifference] = field(default_factory=dict)

    @property
    def failed(self) -> list[str]:
        """In what the twin does not match."""
        return [one.what for one in self.matches if not one.holds]


def my(
    exports: Annotated[
        list[Path], typer.Argument(help="Exports of the group, or the folder of an imported log.")
    ],
    members: Annotated[
        int | None,
        option("Members now, silent ones too (exports list none); 1 to 5,000.", metavar="N"),
    ] = None,
    operator: Annotated[
        list[str] | None, option("An operator's or bot's name or id; may be repeated.")
    ] = None,
    time_zone: Annotated[_Text, option(ZONE_HELP, metavar="ZONE")] = None,
    format_name: Annotated[_Text, option("As of 'qunlab import'.", "--format")] = None,
    observed_until: Annotated[
        _Text, option("When the exports were made, as 2024-05-31T18:00Z.", metavar="TIME")
    ] = None,
    base: Annotated[
        Path, option("Scenario that tells what a log does not.", metavar="FILE")
    ] = Path("configs/base.toml"),
    change: Annotated[
        _Text, option("What if, from today: 'policies.a.b=1; policies.c.d=2'.", "--try")
    ] = None,
    preset: Preset = None,
    instead: Annotated[
        bool, option("Of --try: the team stops what it does now.", "--instead")
    ] = False,
    groups: Annotated[int, option("Groups that play the twin, 40 to 10,000.")] = 100,
    seed: Annotated[int, option("Seed of all random numbers.")] = 1,
    out: Annotated[
        Path | None, option("Write group.toml, its tables and report.html there.", metavar="DIR")
    ] = None,
    force: Annotated[bool, option("Replace what is in --out.", "--force")] = False,
    as_json: Json = False,
) -> None:
    """Say how a real group is doing, what it may do next, and what a change may bring.

    Counts only: no name and no text of the export is kept. Of the log a scenario is made, its twin.
    Half of the days fit it, the other half check it; what-ifs are answered only by a twin that
    foresaw those. More options of reading: 'qunlab import', then 'qunlab my DIR'.

    Example: qunlab my chat.txt --operator Anna --members 180 --out results/my

    Example: qunlab my results/log --try policies.cadence.posts_per_day=1 --instead
    """
    limits = (
        ("--members", members, 1, MOST_MEMBERS),
        ("--groups", groups, FEWEST_GROUPS, MOST_GROUPS),
    )
    faults = option_faults(*limits, ("--seed", seed, 0, 2**63 - 1), out=out)
    if out and not force and (out / SCENARIO).exists():
        faults.append(f"--out: {out}: holds {SCENARIO} already; --force replaces it")
    if change and preset:
        faults.append("--try: --preset says the same; leave one of them out")
    asked = Asked(members, base, seed, groups, from_here(preset), instead)
    with faults.gathered():
        changes = parse_values(part for part in (change or "").split(";") if part.strip())
        asked = replace(asked, changes=changes)
        tried(asked.scenario(bool(asked.preset)), changes, instead)
    faults.refuse()
    options = {
        "format": format_name,
        "time_zone": time_zone,
        "operators": tuple(operator or ()),
        "observed_until": observed_until,
    }
    log, chat, notes = read_group(exports, options)
    refuse_too_few(members, log)
    with TemporaryDirectory() as folder:
        place = Path(folder) if out is None else out
        place.mkdir(parents=True, exist_ok=True)
        found = look_into(log, chat, asked, place, notes)
        if out:
            write(found, out)
    if as_json:
        print_json(_as_json(found))
        return
    for title, lines in sections_of(found, MOST_NOTES - found.is_asked):
        say(f"{title} · {lines[0]}")
        for line in lines[1:]:
            say(line)
    if out:
        typer.echo(_("Written to {out}: {files}.", out=out, files=", ".join(FILES)))


def read_group(exports: list[Path], options: dict[str, Any]) -> tuple[GroupLog, ChatLog, list[str]]:
    """Read exports or a log; of several groups the one in which members wrote most."""
    zone, notes = options["time_zone"] or ZONE, list[str]()
    is_log = any((folder / "messages.parquet").is_file() for folder in exports)
    for folder in () if is_log else exports:
        if (folder / SCENARIO).is_file():
            text = _("{folder}: what 'my --out' wrote of a group; name the export, not its twin")
            raise InputError([text.format(folder=folder)])
    if len(exports) == 1 and (exports[0] / "messages.parquet").is_file():
        chat = read_log(exports[0])
    else:
        made = import_chats(exports, Wishes(**options), read_key(None)[0])
        chat, zone = made.log, made.inputs[0].zone or zone
        chat = type(chat)(chat.messages, chat.groups, made.events, chat.source)
        if lost := sum(one.tally.malformed_total() for one in made.inputs):
            text = N_("{n} lines could not be read ('qunlab import --explain')")
            notes.append(text.format(n=lost))
    own = chat.messages[chat.messages["member"] >= 0]["group"].value_counts()
    if (others := int((own > 0).sum()) - 1) > 0:
        text = N_("{n} more groups in these exports are left out")
        notes.append(text.format(n=others))
    moment = datetime.fromtimestamp(float(chat.messages["ts"].max()), UTC)
    ahead = known_zone(zone).utcoffset(moment.replace(tzinfo=None))
    clock = ahead.total_seconds() if ahead else 0.0
    log = group_log(chat, str(own.index[0]), clock)
    if not log.is_member.any():
        raise InputError(["no member wrote anything: nothing can be said of the group"])
    if log.is_member.all():
        notes.append(N_("nobody is known as the team (--operator NAME): all count as members"))
    return log, chat, notes


def refuse_too_few(members: int | None, log: GroupLog) -> None:
    """Refuse fewer members than those who wrote and are not known to have left."""
    least = len(log.known.intersection(log.member.tolist()))
    if members is not None and members < least:
        text = _("--members: {n}; {least} wrote and are not known to have left: {least} or more")
        raise InputError([text.format(n=members, least=least)])


def look_into(log: GroupLog, chat: ChatLog, asked: Asked, folder: Path, notes: list[str]) -> Found:
    """Say what is known of a group; the tables of its twin are written to the folder."""
    own, days = log.is_member, (log.until - log.ts[0]) / DAY_SECONDS
    first, last = ((one + log.clock_seconds) / DAY_SECONDS for one in (log.ts[0], log.until))
    seen = {
        "days": max(1, math.ceil(last) - math.floor(first)),  # of the calendar, as people count
        "messages": float(own.sum()),
        "wrote": float(len(set(log.member[own].tolist()))),
        "posts_a_day": float((~own).sum() / max(days, 1.0)),
    }
    is_asked = bool(asked.changes or asked.preset)
    found = Found(health(log, asked.members), seen, _forecast(chat, log), notes, is_asked)
    base = asked.scenario()
    try:
        twin = twin_of(log, asked.members, base, folder)
    except ShortLogError as short:
        return replace(found, refused=short.problems[0])
    matches = tuple(checked(twin, log, asked.groups, asked.seed))
    found = replace(found, twin=twin, matches=matches, notes=[*twin.assumed, *notes])
    if not is_asked or found.failed:
        return found
    policies = tried(twin.scenario, asked.changes, asked.instead)
    if asked.preset:
        team = asked.scenario(True)
        policies = team.policies
        if team.params != base.params:
            found.notes.append(
                N_("of the preset only the policies begin today, not its parameters")
            )
    now, new = from_today(twin, policies)
    return replace(found, changes=differences(now, new, twin.today, asked.groups, asked.seed))


def _forecast(chat: ChatLog, log: GroupLog) -> dict[str, Any]:
    """Give the chance of a silent week (or that it lasts, where one has begun) by weeks ahead."""
    record = shipped_record()
    regressions = {label: record.regression(label) for label in record.numbers.index}
    row = outlook(chat, record, regressions).set_index("group").loc[log.name]
    is_silent, age = bool(row["silent_now"]), float(row["horizon_days"])
    named = STAYS if is_silent else BEGINS
    chances = {weeks: float(row[f"{label}_regression"]) for weeks, label in named.items()}
    judged = record.of(named[4], age)
    auc = float(judged.loc[REGRESSION, "auc"]) if len(judged) else math.nan
    rooms = {weeks: record.of(label, age) for weeks, label in named.items()}
    shares = {
        weeks: float(one.loc[REGRESSION, "share"]) for weeks, one in rooms.items() if len(one)
    }
    known = {"silent_now": is_silent, "chances": chances, "auc": auc, "age_days": age}
    return {**known, "came_true_of_rooms": shares}


# --- what is printed, and stands on the page ------------------------------------------------------


def sections_of(found: Found, most_notes: int = 99) -> Sections:
    """Return what is known in sentences: what to do first, or what the change does."""
    notes = [_("{note}.", note=recast(note)) for note in found.notes[:most_notes]]
    if more := len(found.notes) - len(notes):
        notes.append(_("{n} more in --json.", n=more))
    sections = [
        (_("My group"), _to_do(found)),
        (_("What if"), [*_what_if(found)] if found.is_asked else []),
        (_("So far"), [*_health(found)]),
        (_("Forecast from today"), [*_silence(found.forecast)]),
        (_("Twin"), [*_twin(found)]),
        (_("Assumed"), notes),
    ]
    return [(title, lines) for title, lines in sections if lines]


def _to_do(found: Found) -> list[str]:
    """Say what to do first, and what then; of a change whether to make it."""
    if not found.is_asked:
        return [*_advice(found)][:MOST_ADVICE] or [
            _("Go on as now: nothing that is counted calls for a change.")
        ]
    if not found.changes:
        return [_("What the change does cannot be foreseen: no twin matches the group.")]
    talk, money = found.changes[POSTING], found.changes[SPENT]
    texts = {
        (_("better"), True): _("It gains {people} people who write a day, for {cny} CNY more."),
        (_("better"), False): _("It gains {people} people who write a day."),
        (_("worse"), True): _("Leave it: {people} fewer people write a day, for {cny} CNY more."),
        (_("worse"), False): _("Leave it: {people} fewer people write a day."),
        ("", True): _("Leave it: {cny} CNY more, and no gain in people who write that matters."),
        ("", False): _("It makes no difference that matters to how many people write."),
    }
    answer = _answer(POSTING, talk)
    answer = answer if (answer, True) in texts else ""
    text = texts[answer, money.clear and money.difference > 0]
    return [text.format(people=three(abs(talk.difference)), cny=three(money.difference))]


def _health(found: Found) -> Iterator[str]:
    one = found.health
    text = _(
        "{messages:,.0f} messages by {wrote:.0f} of {members} members in {days:.0f} days, the "
        "last {silent:.0f} days ago."
    )
    if one.days_silent < 1:
        text = _(
            "{messages:,.0f} messages by {wrote:.0f} of {members} members in {days:.0f} days, the "
            "last today."
        )
    yield text.format(members=one.members, silent=one.days_silent, **found.seen)
    trends = {
        "rising": _("{weeks} (rising)"),
        "falling": _("{weeks} (falling)"),
        "lower lately": _("{weeks} (the last two are the lowest)"),
    }
    for text, weeks, trend in (
        (_("People writing a week, the newest last: {w}."), one.weeks, one.trend),
        (_("Their messages a week: {w}."), one.messages, one.messages_trend),
    ):
        if weeks and (weeks is one.weeks or not found.is_asked):
            counts = " ".join(map(str, weeks[-MOST_WEEKS:]))
            yield text.format(w=trends.get(trend, "{weeks}").format(weeks=counts))
    yield _(
        "{never} never wrote here, {lately} not in 28 days; three wrote {share:.0%} of it.",
        never=one.never,
        lately=one.silent_lately,
        share=one.top_share,
    )
    if one.questions:
        text = _("Questions that nobody wrote after within an hour: {n} of {all}.")
        yield text.format(n=one.unanswered, all=one.questions)
    hours = _("Posts of the team answered within an hour: {rates}.")
    told = [(hours, one.by_hour), (_("The same by kind: {rates}."), one.by_kind)]
    for text, rates in told[:1] if found.is_asked else told:
        often = [row for row in rates if row[1] >= FEWEST_POSTS] or [*rates]
        best = often if len(often) < 4 else [*often[:2], often[-1]]
        words = [f"{_(what)} {n}/{posts}" for what, posts, n in best]
        if words:
            yield text.format(rates=_listed(words))
        if words and rates is one.by_hour and not found.is_asked:
            yield from _presence(one)


def _presence(one: Health) -> Iterator[str]:
    """Say how often members write at the hour of the most answered posts without a post too."""
    if one.is_kind_by_hour:
        yield _("Each kind of post has hours of its own: which of the two counts is not known.")
        return
    for (hours, posts, _answered), (_same, days, talked) in _hours(one)[:1]:
        text = _("At {hours} members write on {talked} of {days} days without a post as well.")
        if days < FEWEST_POSTS:
            text = _("At {hours} nearly every day has a post: what it adds is not known.")
        elif _gains((hours, posts, _answered), (hours, days, talked)):
            text = _("At {hours} without a post, members write on {talked} of {days} days.")
        yield text.format(hours=hours, talked=talked, days=days)


def _silence(forecast: dict[str, Any]) -> Iterator[str]:
    if math.isnan(forecast["age_days"]):
        yield _("No forecast for a group under a day old.")
        return
    text = _("Chance of 7 days without a member's message within {chances}.")
    if forecast["silent_now"]:
        text = _("Silent for 7 days already; chance that nobody writes for {chances}.")
    chances = [_("{weeks} weeks {p:.0%}", weeks=w, p=p) for w, p in forecast["chances"].items()]
    yield text.format(chances=_listed(chances))
    if shares := forecast["came_true_of_rooms"]:
        weeks = max(shares)
        yield _(
            "Learned on public rooms of learners (AUC {auc:.2f}), where it came true of "
            "{share:.0%} within {weeks} weeks; of a group like yours it may be wrong.",
            auc=forecast["auc"],
            share=shares[weeks],
            weeks=weeks,
        )


def _twin(found: Found) -> Iterator[str]:
    if found.twin is None:
        yield _("There is none: {why}.", why=recast(found.refused))
        return
    text = _("It matches the last {half} days, to which it was not fitted:")
    if found.failed:
        text = _("It does not match the last {half} days, to which it was not fitted:")
    yield text.format(half=found.twin.days - found.twin.days // 2)
    texts = {
        "messages": _(
            "messages a day {real:.1f}, twin {middle:.1f} "
            "(95 % {low:.1f} to {high:.1f}): {times:.1f} times"
        ),
        "people": _(
            "people writing a week {real:.0f}, twin {middle:.0f} "
            "(95 % {low:.0f} to {high:.0f}): {times:.1f} times"
        ),
        "rhythm": _("hours of the day overlap by {middle:.0%}, with its own past by {real:.0%}"),
    }
    for one in found.matches:
        text = "{line}" if one.holds else _("{line} - fails")
        times = one.middle / one.real if one.real else math.inf
        yield "  " + text.format(line=texts[one.what].format(times=times, **vars(one)))


def _what_if(found: Found) -> Iterator[str]:
    if found.failed:
        text = _("Refused: the twin fails in {what}; what it says of a change is worth nothing.")
        yield text.format(what=_listed([*map(_, found.failed)]))
        return
    if found.twin is None:
        yield _("Refused: there is no twin.")
        return
    yield _("28 days from today (as it is, changed; difference, 95 %):")
    for row in what_if_rows(found):
        padded = zip(row[:-1], WIDTHS, strict=True)
        text = "".join(text + " " * max(1, width - cells(text)) for text, width in padded)
        yield f"  {text}{row[-1]}"
    expected, played = found.forecast["chances"].get(4, math.nan), found.changes[SILENT_WEEK].first
    if not found.forecast["silent_now"] and abs(expected - played) >= APART:
        yield _(
            "Forecast and twin disagree on a silent week in 4 weeks: {one:.0%} and {other:.0%}. "
            "Of public rooms the one, of this log the other: count on neither.",
            one=expected,
            other=played,
        )


def what_if_rows(found: Found) -> list[tuple[str, ...]]:
    """Give what a change does, an outcome a row: as it is, changed, difference (95 %), answer."""
    rows = list[tuple[str, ...]]()
    for name, pair in found.changes.items():
        scale, unit = (100.0, "%") if name == SILENT_WEEK else (1.0, "")
        both = [three(scale * one) + unit for one in (pair.first, pair.second)]
        ends = pair.difference, pair.lower, pair.upper
        gap, low, high = (_signed(scale * one) + unit for one in ends)
        if low != high:
            gap = _("{number} ({low} to {high})", number=gap, low=low, high=high)
        rows.append((_(name), *both, gap, _answer(name, pair)))
    return rows


def _signed(value: float) -> str:
    value = float(f"{value:.2g}")
    return f"+{three(value)}" if value > 0 else three(value)


def _answer(name: str, pair: PairedDifference) -> str:
    if not pair.clear:
        return _("not clear")
    if abs(pair.difference) < SMALLEST_SHARE * max(abs(pair.first), abs(pair.second)):
        return _("hardly any")
    return _("better") if (pair.difference < 0) == (name in LESS_IS_BETTER) else _("worse")


def _advice(found: Found) -> Iterator[str]:
    """Say what to try, from what is counted, the most harmful first; each with its number."""
    one, soon = found.health, found.forecast["chances"].get(2, math.nan)
    if found.forecast["silent_now"]:
        text = _("Ask the members something: nobody has written for {days:.0f} days.")
        yield text.format(days=one.days_silent)
    elif soon >= LIKELY:
        yield _("Look after it now: a silent week within 2 weeks is {p:.0%} likely.", p=soon)
    fewer = _("Find out why fewer write: {late:.0f} a week in the last two, {early:.0f} before.")
    less = _("Find out why less is written: {late:.0f} messages a week lately, {early:.0f} before.")
    news = ((fewer, one.weeks, one.trend), (less, one.messages, one.messages_trend))
    for text, weeks, _trend in [row for row in news if row[2] in ("falling", "lower lately")][:1]:
        late, early = (sum(some) / len(some) for some in (weeks[-2:], weeks[:-2]))
        yield text.format(late=late, early=early)
    posts, answered = sum(r[1] for r in one.by_hour), sum(r[2] for r in one.by_hour)
    if one.questions >= FEWEST_POSTS and one.unanswered >= OFTEN_UNANSWERED * one.questions:
        text = _("Answer questions within the hour: {n} of {all} met silence.")
        yield text.format(n=one.unanswered, all=one.questions)
    yield from _better_hour(one)
    if found.seen["posts_a_day"] > MANY_POSTS_A_DAY and answered < SELDOM_ANSWERED * posts:
        text = _("Post less: {n} of {all} posts were answered; ask with --preset quiet_digest.")
        yield text.format(n=answered, all=posts)
    if one.top_share > MOST_OF_TALK and one.members >= FEWEST_MEMBERS:
        yield _("Share the talk: three carry it; ask with --preset member_hosts.")


def _listed(words: list[str]) -> str:
    return reduce(lambda first, second: _("{first}, {second}", first=first, second=second), words)


def _hours(one: Health) -> list[tuple[Rate, Rate]]:
    """Give hours of several posts: posts and those answered, days without and those with talk."""
    rows = zip(one.by_hour, one.without_post, strict=True)
    return [row for row in rows if row[0][1] >= FEWEST_POSTS]


def _better_hour(one: Health) -> Iterator[str]:
    """Name an hour at which a post brings talk that is not there without it, and one at which it
    brings none: that members are there at one and not at the other says nothing of posts.
    """
    hours = [row for row in _hours(one) if row[1][1] >= FEWEST_POSTS]
    best, worst = (
        [at for at, free in hours if _gains(at, free) is is_so] for is_so in (True, False)
    )
    if best and worst and not one.is_kind_by_hour and _gains(best[0], worst[-1]):
        yield _("Post at {best} rather than at {worst}.", best=best[0][0], worst=worst[-1][0])


def _gains(more: Rate, less: Rate) -> bool:
    """Say whether one share is above the other by more than chance (Wilson, 95 %)."""
    (low, _), (_, high) = (wilson_interval(row[2], row[1]) for row in (more, less))
    return float(low) > float(high)


# --- files ----------------------------------------------------------------------------------------


def write(found: Found, out: Path) -> None:
    """Write the page, and the twin as a scenario where there is one."""
    write_whole(out / PAGE, page_of(found).encode())
    if found.twin is not None:
        write_whole(out / SCENARIO, _scenario_text(found, out).encode())


def page_of(found: Found) -> str:
    """Write the page."""

    def facts() -> dict[str, Any]:
        (title, (headline, *then)), *sections = sections_of(found)
        weeks = found.health.weeks
        about = {"title": title, "headline": headline, "then": then, "cards": [*cards_of(found)]}
        return {**about, "sections": sections, "weeks": weeks}

    return page(_("My group"), facts, "my_group.html.jinja")


def cards_of(found: Found) -> Iterator[Card]:
    """Give the numbers that a reader takes away: counts alone, no forecast."""
    one, wrote = found.health, found.seen["wrote"]
    value = f"{wrote:.0f} / {one.members}"
    yield Card(_("Members who wrote"), value, _("{never} never wrote here", never=one.never))
    titles = _("Who wrote in the last week"), _("Their messages in the last week")
    for title, weeks in zip(titles, (one.weeks, one.messages), strict=True):
        if len(weeks) > 1:
            instead = _("the week before {people}", people=weeks[-2])
            yield Card(title, f"{weeks[-1]:,}", instead)
    if one.questions:
        value = f"{one.unanswered} / {one.questions}"
        yield Card(_("Questions met by silence"), value, _("nobody wrote within an hour"))


def _scenario_text(found: Found, out: Path) -> str:
    assert found.twin
    text = to_toml(found.twin.scenario, comments=True)
    for name in ("timetable.csv", "ties.csv"):
        text = text.replace(literal(str(out / name)), literal(name))
    head = [
        _("The twin of a real group, as played by 'qunlab my'; counts only."),
        _("It does not match the group.") if found.failed else _("It matches the group."),
        _("Its day {today} is the end of the log, of which the last {days} days are in it."),
        _("timetable.csv goes on for 28 days as the log's last weeks: set run.days to play them."),
        *map(recast, found.notes),
    ]
    head[2] = head[2].format(today=found.twin.today, days=found.twin.days)
    failed = f"{UNMATCHED} = {literal(tuple(found.failed))}\n" if found.failed else ""
    return "".join(map("# {}\n".format, head)) + failed + text


def _as_json(found: Found) -> dict[str, Any]:
    twin = found.twin and {"days": found.twin.days, "run_in_days": found.twin.run_in_days}
    return {
        "headline": _to_do(found)[0],
        "health": found.health,
        "seen": found.seen,
        "forecast": found.forecast,
        "twin": twin,
        "no_twin_because": found.refused or None,
        "matches": bool(twin and not found.failed),
        "check": found.matches,
        "what_if": [
            {"outcome": name, "answer": _answer(name, pair), **vars(pair)}
            for name, pair in found.changes.items()
        ],
        "try": [*_advice(found)],
        "notes": found.notes,
    }
