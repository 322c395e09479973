"""A second count of a message log's patterns: plain loops, one group at a time.

Written from the counting rules in words, sharing nothing with `sim.lives.patterns`, to check it.
Days are 86,400 s; t0 is a group's first human message. One rule is not in those words and was read
off the published values: a room first used after its closing keeps its rows, and was observed
for a negative time.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import pairwise
from statistics import median

DAY = 86_400
AGES = ((1, 1), (2, 3), (4, 7), (8, 14), (15, 30), (31, 60), (61, 90))
CREATION = (
    "never any human msg (of created groups)",
    "share dead<=7d of creation (7d silence, initial counts, never counts)",
    "share never or no msg after day 7 of creation",
)


def plain_patterns(rows, known, last_second):
    """Count all 37 patterns of (group, member, ts, type) rows; `known`: group -> born, closed."""
    rooms = defaultdict(list)
    for group, member, ts, kind in rows:
        if kind not in ("bot", "closure", "join", "leave"):
            rooms[group].append((ts, member))
    unused = ({row[0] for row in rows} | set(known)) - set(rooms)
    spans = [known.get(name, (None, None)) for name in unused]
    spans = [(born, last_second if closed is None else closed) for born, closed in spans]
    lives = []
    for name, said in rooms.items():
        born, closed = known.get(name, (None, None))
        end = last_second if closed is None else closed
        said = sorted(said, key=lambda one: one[0])
        if said[0][0] <= end:  # a room first used after its closing keeps what it has
            said = [one for one in said if one[0] <= end]
        lives.append(Life(said, born, end))
    answer = {}
    for count in (plain_silences, plain_creation, plain_members, plain_slopes, plain_ages):
        answer |= count(lives, len(spans), spans) if count is plain_creation else count(lives)
    return answer


class Life:
    def __init__(self, said, born, end):
        self.said, self.born, self.end = said, born, end
        self.times = [ts for ts, _ in said]
        self.t0, self.last = self.times[0], self.times[-1]
        self.observed = end - self.t0
        self.posts = Counter(member for _, member in said)
        self.mine = defaultdict(list)
        for ts, member in said:
            self.mine[member].append(ts)

    def silence(self, days):
        for before, after in pairwise(self.times):
            if after - before >= days * DAY:
                return before - self.t0, True
        return self.last - self.t0, False

    def wait_for_other(self, place):
        ts, member = self.said[place]
        for later, other in self.said[place + 1 :]:
            if other != member:
                return later - ts
        return None


def share(hits):
    hits = list(hits)
    return sum(hits) / len(hits) if hits else math.nan


def middle(values):
    values = list(values)
    return median(values) if values else math.nan


def plain_silences(lives):
    fortnight = [one for one in lives if one.observed >= 14 * DAY]
    longer, quarter = ([one for one in lives if one.observed >= days * DAY] for days in (37, 120))
    silent = [one for one in lives if one.silence(7)[1] or one.end - one.last >= 7 * DAY]
    week = "share first>=7d silence begun <="
    return {
        f"{week}7d after first msg": share(one.silence(7)[0] <= 7 * DAY for one in fortnight),
        "same, groups with >=10 posters ever": share(
            one.silence(7)[0] <= 7 * DAY for one in fortnight if len(one.posts) >= 10
        ),
        "share first>=30d silence begun <=7d after first msg": share(
            one.silence(30)[0] <= 7 * DAY for one in longer
        ),
        "share no msg later than 7d after first": share(
            one.last - one.t0 <= 7 * DAY for one in fortnight
        ),
        f"{week}30d": share(one.silence(7)[0] <= 30 * DAY for one in longer),
        "share first>=30d silence begun <=90d": share(
            one.silence(30)[0] <= 90 * DAY for one in quarter
        ),
        "revival share after first >=7d silence": share(one.silence(7)[1] for one in silent),
    }


def plain_creation(lives, never, unused):
    long = sum(not (None not in span and span[1] - span[0] < 14 * DAY) for span in unused)
    dead, unheard = [True] * long, [True] * long
    for one in lives:
        if one.born is not None and one.observed >= 14 * DAY:
            wait = one.t0 - one.born
            dead.append(wait >= 7 * DAY or wait + one.silence(7)[0] <= 7 * DAY)
            unheard.append(one.last - one.born <= 7 * DAY)
    nobody = never / (never + len(lives)) if never + len(lives) else math.nan
    return dict(zip(CREATION, (nobody, share(dead), share(unheard)), strict=True))


def plain_gini(posts):
    posts = list(posts)
    differences = sum(abs(a - b) for a in posts for b in posts)
    return differences / (2 * len(posts) * sum(posts))


def plain_burst(times):
    gaps = [after - before for before, after in pairwise(times)]
    mean = sum(gaps) / len(gaps)
    spread = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / len(gaps))
    return (spread - mean) / (spread + mean)


def plain_top(posts):
    ranked = sorted(posts, reverse=True)
    return sum(ranked[: math.ceil(len(ranked) / 10)]) / sum(ranked)


def plain_members(lives):
    large = [one for one in lives if len(one.said) >= 100]
    newcomers, spells, young = [], [], []
    for one in lives:
        in_year = Counter(member for ts, member in one.said if ts - one.t0 < 365 * DAY)
        if len(in_year) >= 30:
            young.append(plain_gini(in_year.values()))
        for member, times in one.mine.items():
            if one.end - times[0] >= 97 * DAY:
                spells.append(times[-1] - times[0])
            place = [author for _, author in one.said].index(member)
            if place and one.end - times[0] >= 31 * DAY:
                back = any(DAY < ts - times[0] <= 30 * DAY for ts in times)
                wait = one.wait_for_other(place)
                newcomers.append((back, wait is not None and wait <= DAY))
    return {
        "median group gini (>=100 msgs)": middle(plain_gini(one.posts.values()) for one in large),
        "median top10% share (>=100 msgs)": middle(plain_top(one.posts.values()) for one in large),
        "median group burstiness B (>=100 msgs)": middle(plain_burst(one.times) for one in large),
        "one-time posters / memberships": share(
            posts == 1 for one in lives for posts in one.posts.values()
        ),
        "median posters per group": middle(len(one.posts) for one in lives),
        "median msgs per group": middle(len(one.said) for one in lives),
        "newcomer return 24h-30d": share(back for back, _ in newcomers),
        "newcomer return | other posted within 24h": share(
            back for back, seen in newcomers if seen
        ),
        "newcomer return | nobody posted within 24h": share(
            back for back, seen in newcomers if not seen
        ),
        "median gini, rooms with >=30 posters, first 365 days": middle(young),
        "member spells < 1 day": share(spell < DAY for spell in spells),
        "member spells > 90 days": share(spell > 90 * DAY for spell in spells),
    }


def plain_slopes(lives):
    points = []
    for one in lives:
        windows = defaultdict(list)
        for ts, member in one.said:
            windows[int((ts - one.t0) // (30 * DAY))].append(member)
        so_far = set()
        for number in sorted(windows):
            so_far |= set(windows[number])
            points.append((len(windows[number]), len(set(windows[number])), len(so_far)))

    def slope(of, on):
        x = [math.log(on(point)) for point in points]
        y = [math.log(of(point)) for point in points]
        if len(set(x)) < 2:
            return math.nan
        mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
        below = sum((a - mean_x) ** 2 for a in x)
        return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / below

    return {
        "beta msgs30d ~ active30d": slope(lambda p: p[0], lambda p: p[1]),
        "beta active30d ~ cumulative posters": slope(lambda p: p[1], lambda p: p[2]),
        "beta msgs30d ~ cumulative posters": slope(lambda p: p[0], lambda p: p[2]),
        "beta msgs-per-active ~ cumulative posters": slope(lambda p: p[0] / p[1], lambda p: p[2]),
    }


def plain_ages(lives):
    ages = [(ts - one.t0) // DAY for one in lives if one.observed >= 91 * DAY for ts in one.times]
    answer = {}
    for first, last in AGES:
        name = f"rel msgs/day on day {first if first == last else f'{first}-{last}'} (day0=1)"
        inside = sum(first <= age <= last for age in ages) / (last - first + 1)
        answer[name] = inside / ages.count(0) if ages else math.nan
    busy, ratios = [], {2: [], 4: []}
    for one in lives:
        if sum(count >= 20 for count in Counter(ts // DAY for ts in one.times).values()) >= 30:
            busy.append(one)
        weeks = Counter((ts - one.t0) // (7 * DAY) for ts in one.times)
        if one.observed >= 28 * DAY and weeks[0] >= 10:
            ratios[2].append(weeks[1] / weeks[0])
            ratios[4].append(weeks[3] / weeks[0])
    waits = [[one.wait_for_other(place) for place in range(len(one.said))] for one in busy]
    known = [[wait for wait in room if wait is not None] for room in waits]
    answer["busy rooms: share of rooms"] = len(busy) / len(lives) if lives else math.nan
    answer["busy rooms: median seconds to the next message by another"] = middle(
        median(room) for room in known if room
    )
    for week, values in ratios.items():
        answer[f"median week-{week} / week-1 messages (week 1 >= 10)"] = middle(values)
    return answer
