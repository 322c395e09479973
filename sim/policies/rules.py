"""Rules of the house, shown and held; and filters of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sim.policies import Facts, lever
from sim.state import Actions, Setting


@dataclass(frozen=True)
class Rules:
    """Show newcomers the rules, remove ads and what is beside the topic, let readers filter.

    Attributes
    ----------
    shown : bool
        Whether newcomers are shown the rules.
    removal_share : float
        0 ... 1 of members' ads and openers beside the topic, removed before anybody reads them.
    personal_filter : bool
        Whether members' messages that do not fit a reader are hidden from that reader.

    Examples
    --------
    >>> Rules(removal_share=0.8).plan(Setting(days=30.0)).standing()
    {'rules_shown': True, 'removal_share': 0.8}
    """

    shown: bool = lever(True, "whether newcomers are shown the rules")
    removal_share: float = lever(
        0.0, "of members' ads and talk beside the topic, removed unread", range=(0, 1), unit="share"
    )
    personal_filter: bool = lever(False, "whether each reader is spared what does not fit")

    facts: ClassVar[Facts] = Facts(
        troubles=("spam", "mismatch", "newcomers"),
        costs=(),
        evidence="newcomers who are shown the rules speak 1.7 times as often and break them less "
        "(Matias 2019, randomised); a filter of one's own beats removal, which beats nothing, "
        "in a simulation (Ren & Kraut 2014)",
        grade="A",
    )

    def plan(self, _setting: Setting) -> Actions:
        """Return what holds from creation on."""
        held: dict[str, Any] = {
            "rules_shown": self.shown,
            "removal_share": self.removal_share,
            "personal_filter": self.personal_filter,
        }
        return Actions(Actions.none().acts, **{name: how for name, how in held.items() if how})
