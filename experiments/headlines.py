"""The answers of 01 to 06 as six pairs of plans, played with every mechanism off, one by one."""

from __future__ import annotations

from typing import Any

import pandas as pd

from experiments.asking import Asking, Both, community
from sim import Scenario
from sim.report.ablation import mechanisms
from sim.scenario.scenario import value_of
from sim.stats.paired import PairedDifference

WRITERS, AT_ONCE = "posting_members_per_day", 3
ALL: dict[str, Any] = {
    "group.size": 100, "run.days": 90, "arrivals.per_day": 0.0, "policies.cadence.posts_per_day": 1
}  # fmt: skip
ADS = {"policies.ads.use": "cadence", "policies.ads.kinds": ["ad"], "policies.ads.posts_per_day": 1}
HEADLINES: dict[str, tuple[Both, dict[str, Any], dict[str, Any]]] = {
    "01": (Both("350 members or 100", "350 人还是 100 人"), {"group.size": 350}, {}),
    "02": (Both("six posts a day or one", "每天 6 条还是 1 条"),
           {"policies.cadence.posts_per_day": 6}, {}),
    "03": (Both("greetings or content and activities", "发问候还是内容加活动"),
           {"policies.cadence.kinds": ["greeting"]}, {}),
    "04": (Both("the post at 20 or at 9 o'clock", "20 点发还是 9 点发"),
           {"policies.cadence.hours": [20.0]}, {"policies.cadence.hours": [9.0]}),
    "05": (Both("a packet of 20 CNY a day or none", "每天发 20 元红包还是不发"),
           {"policies.red_packets.fen_per_day": 2000}, {}),
    "06": (Both("an ad a day beside the post or none", "每天加 1 条广告还是不加"), ADS, {}),
}  # fmt: skip


def side(gap: PairedDifference) -> int:
    """Return 1 or -1 for a clear difference, 0 for none."""
    return int(gap.lower > 0.0) - int(gap.upper < 0.0)


def pairs_of(base: Scenario, name: str) -> dict[str, Scenario]:
    """Return the plans of all six pairs under a mechanism's name."""
    found = {f"{name} usual": base}
    for number, (_, *both) in HEADLINES.items():
        for mark, values in zip(("", " other"), both, strict=True):
            if values:
                found[f"{name} {number}{mark}"] = base.with_values(values)
    return found


def headlines(asking: Asking) -> pd.DataFrame:
    """Play the pairs with each mechanism off: clearly more 1, less -1, else 0; "" for none off."""
    strangers = community("strangers_qr", values=ALL)
    off = {"": dict[str, float]()} | {
        name: keys for name, keys in mechanisms().items()
        if any(value_of(strangers, key) != value for key, value in keys.items())
    }  # fmt: skip
    names, found = list(off)[: AT_ONCE if asking.toy else None], dict[str, dict[str, int]]()
    for at in range(0, len(names), AT_ONCE):
        some, plans = names[at : at + AT_ONCE], dict[str, Scenario]()
        for name in some:
            plans |= pairs_of(strangers.with_values(off[name]), name)
        rows = asking.play(plans, f"off/{at}", max(20, asking.groups // 2))
        for name in some:
            found[name] = {
                number: side(rows.gap(f"{name} {number}", f"{name} {against}", WRITERS))
                for number, (*_, other) in HEADLINES.items()
                for against in [f"{number} other" if other else "usual"]
            }
    return pd.DataFrame(found).T
