"""What ``qunlab validate`` found, as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.validation.judging import Judgement
    from sim.validation.protocol import Judged


def as_json_text(
    found: Judgement, judged: Mapping[str, list[Judged]], notes: list[str], seed: int
) -> str:
    """Write a judgement as one JSON object."""
    from sim.validation.protocol import medians
    from sim.validation.rows import frame

    rows = [_plain(row) for row in frame(found.rows).to_dict("records")]
    held_out = {
        part: [
            {
                "candidate": name,
                **_plain(row),
                "by_split": [
                    {"split": one.split.seed, "judged": one.split.label, **_plain(vars(one.score))}
                    for one in each
                    if one.candidate == name
                ],
            }
            for name, row in medians(each).iterrows()
        ]
        for part, each in judged.items()
    }
    answer = {
        "seed": seed,
        "populations": dict(found.populations),
        "rows": rows,
        "held_out": held_out,
        "notes": notes,
    }
    return json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False)


def _plain(row: Mapping[Any, Any]) -> dict[Any, Any]:
    """Put null where a number is missing: JSON knows no NaN."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in row.items()
    }
