"""A portfolio: several groups like one another that one team runs, and what becomes of one group's
scenario when it is such a one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from sim.allowed import Allowed, Value, show, unknown_key
from sim.errors import Faults, InputError
from sim.scenario.scenario import Scenario

PORTFOLIO = "portfolio"
FIELDS: dict[str, Allowed] = {
    "groups": Allowed(int, 1, 5000, "groups", meaning="groups that one team runs"),
    "breadth_ratio": Allowed(
        float, 0, 1, meaning="breadth of topics of each, of the scenario's; below 1: segmentation"
    ),
    "shares_members": Allowed(bool, meaning="whether members and candidates are dealt out to them"),
}


@dataclass(frozen=True)
class Portfolio:
    """Several groups of one team: alike, each as broad as the scenario's or on a narrower topic.

    One desk serves them all (``desk.groups``; nothing else changes without ``desk.hands``). Groups
    of a portfolio differ by chance only: `members_of` counts their replications, and
    `sim.lives.portfolios.of_portfolios` adds up what became of them.

    Attributes
    ----------
    groups : int
        How many, 1 ... 5000.
    breadth_ratio : float
        Of the scenario's ``group.topic_breadth``, 0 ... 1. Below 1 members are sorted into groups
        by what they are interested in (segmentation).
    shares_members : bool
        Whether the scenario's members and candidates are dealt out to the groups, or each is as
        large as the scenario's.

    Examples
    --------
    >>> topics = Portfolio(5, breadth_ratio=0.2, shares_members=True)
    >>> one = topics.of(Scenario().with_values({"group.size": 100, "desk.hands": 1}))
    >>> one.params.group.size, one.params.group.topic_breadth, one.params.desk.groups
    (20, 0.1, 5)
    """

    groups: int = 1
    breadth_ratio: float = 1.0
    shares_members: bool = False

    def of(self, scenario: Scenario) -> Scenario:
        """Return the scenario of each of its groups.

        Raises
        ------
        InputError
            When a field is not allowed, or there are fewer members than groups to deal them to.
        """
        for one in fields(self):
            FIELDS[one.name].checked(f"{PORTFOLIO}.{one.name}", getattr(self, one.name))
        group, coming = scenario.params.group, scenario.params.arrivals
        changed: dict[str, Value] = {
            "desk.groups": self.groups,
            "group.topic_breadth": group.topic_breadth * self.breadth_ratio,
        }
        if self.shares_members:
            if group.size < self.groups:
                line = f"{PORTFOLIO}.groups: {self.groups} groups for {group.size} members"
                raise InputError([f"{line}; at least one each is needed"])
            changed["group.size"] = round(group.size / self.groups)
            changed["arrivals.per_day"] = coming.per_day / self.groups
        return scenario.with_values(changed)

    def members_of(self, portfolio: int) -> range:
        """Return the replications that are the groups of a portfolio, which are counted from 0."""
        return range(portfolio * self.groups, (portfolio + 1) * self.groups)


def parse_portfolio(table: object) -> Portfolio:
    """Turn the table ``[portfolio]`` of a scenario file into a portfolio, or refuse it."""
    if not isinstance(table, Mapping):
        raise InputError([f"{PORTFOLIO}: {show(table)} is not a table; write [{PORTFOLIO}]"])
    faults, checked = Faults(), dict[str, Value]()
    for name, value in table.items():
        with faults.gathered():
            if name not in FIELDS:
                known = [f"{PORTFOLIO}.{field}" for field in FIELDS]
                raise InputError([unknown_key(f"{PORTFOLIO}.{name}", known)])
            checked[name] = FIELDS[name].checked(f"{PORTFOLIO}.{name}", value)
    faults.refuse()
    return Portfolio(**checked)  # type: ignore[arg-type]
