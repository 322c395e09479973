"""A gate: who comes in pays, takes pains, is reviewed, is a guest of a member, or fits."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

from sim.policies import Facts, lever
from sim.state import Actions, Setting


@dataclass(frozen=True)
class Gate:
    """Ask of whoever wants to come in: a fee, an introduction, a review, a referral, a fit.

    It selects: the first members too are those of many candidates who came through. That having
    paid or worked binds members besides is `gate.commitment`, 0 unless set.

    Attributes
    ----------
    fee_fen : int
        0 ... 10,000,000.
    work_share : float
        0 ... 1, work to do before (1: a whole written introduction).
    review_share : float
        0 ... 1, part of the candidates that a review turns away.
    narrowness : float
        0 (anybody fits) ... 1: how near to the middle of the topics one must be (identity).
    referral : bool
        Whether only guests of members come in, after the first members.

    Examples
    --------
    >>> Gate(fee_fen=9_900, review_share=0.3).plan(Setting(days=30.0)).standing()
    {'fee_fen': 9900, 'review_share': 0.3}
    """

    fee_fen: int = lever(0, "fee to come in", range=(0, 10_000_000), unit="fen")
    work_share: float = lever(0.0, "work before; 1: an introduction", range=(0, 1), unit="share")
    review_share: float = lever(
        0.5, "part of the candidates that a review turns away", range=(0, 1), unit="share"
    )
    narrowness: float = lever(
        0.0, "how near to the group's topics one must be; 0: anywhere", range=(0, 1), unit="share"
    )
    referral: bool = lever(False, "whether only guests of members come in later")

    facts: ClassVar[Facts] = Facts(
        troubles=("strangers", "mismatch", "spam"),
        costs=("gate.minutes_per_review",),
        pays="the candidates turned away (`gate.candidate_fen` each); it takes its fee",
        evidence="more work to register: fewer come in, who contribute more (Drenner et al. 2008); "
        "that an initiation itself binds (Aronson & Mills 1959) is contested",
        grade="A",
    )

    def plan(self, _setting: Setting) -> Actions:
        """Return what is asked, from creation on."""
        asked = {each.name: getattr(self, each.name) for each in fields(self)}
        return Actions(Actions.none().acts, **{name: ask for name, ask in asked.items() if ask})
