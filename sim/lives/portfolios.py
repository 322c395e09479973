"""What became of portfolios: the outcomes of the groups that one team runs, put together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.lives.outcomes import OUTCOMES

SUMMED_UNITS = frozenset(
    {"members", "candidates", "member-days", "members/day", "messages", "messages/day", "packets"}
    | {"shares", "fen", "hours", "invitations", "letters", "calls", "answers", "orders"}
)
"""Outcomes in these units add up over the groups of a team; of others the mean is taken."""

MEANS = frozenset({"answer_wait_hours", "reads_per_look", "acquisition_fen"})
"""Outcomes in such a unit that do not add up."""

RATIOS = {
    "cost_per_member": ("cost_fen", "members_end"),
    "cost_per_satisfied_member": ("cost_fen", "satisfied_members_end"),
    "buyer_value_fen": ("margin_fen", "buyers"),
    "buyer_cost_fen": ("cost_fen", "buyers"),
    "order_cost_fen": ("cost_fen", "orders"),
}
"""Outcomes that are one sum over another."""


def of_portfolios(rows: pd.DataFrame, groups: int) -> pd.DataFrame:
    """Put the rows of groups together by portfolio, replications k, k + 1 ... of a point in turn.

    Parameters
    ----------
    rows : DataFrame
        As `sim.lives.outcomes.outcomes` returns it, the groups of each portfolio all there.
    groups : int
        To a portfolio.

    Returns
    -------
    DataFrame
        ``point``, ``portfolio``, then the outcomes: sums of what is counted, one sum over another,
        or the mean over groups (deaths: the share of groups), which leaves missing ones out.

    Examples
    --------
    >>> rows = pd.DataFrame({"point": [0, 0], "replication": [0, 1], "messages": [3, 4]})
    >>> of_portfolios(rows, 2)["messages"].tolist()
    [7]
    """
    keys = [rows["point"], (rows["replication"] // groups).rename("portfolio")]
    known = [one for one in OUTCOMES if one.name in rows]
    columns: dict[str, pd.Series] = {}
    for one in known:
        adds_up = one.unit in SUMMED_UNITS and one.name not in MEANS
        values = rows[one.name] if adds_up else rows[one.name].astype("Float64")
        grouped = values.groupby(keys)
        columns[one.name] = grouped.sum(min_count=1) if adds_up else grouped.mean()
    for name, (above, below) in RATIOS.items():
        if {name, above, below} <= columns.keys():
            spent, heads = columns[above], columns[below]
            columns[name] = spent / heads.where(heads > 0, np.nan)
    return pd.DataFrame(columns).reset_index()
