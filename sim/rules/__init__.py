"""What a member does at a look: pure scalar functions, each written once and compiled.

Both engines, `sim.models.Community` and `sim.ensemble.Ensemble`, call these same functions.
"""

from sim.rules.looking import (
    attention,
    budget,
    delay_hours,
    draws_mean,
    hour_factor,
    is_live,
    kept_share,
    poisson_count,
)
from sim.rules.packets import (
    claim_probability,
    equal_share_fen,
    lucky_share_fen,
    money_gain,
    send_probability,
)
from sim.rules.reading import (
    eroded,
    fatigue_added,
    fed_hunger,
    message_worth,
    messages_read,
    next_habit,
    novelty,
    regrown_hunger,
    rewarded,
    skipped_share,
    tie_strength,
    topic_match,
)
from sim.rules.speaking import (
    answer_drive,
    audience_factor,
    company_factor,
    leave_probability,
    loafing_factor,
    mood_factor,
    mute_probability,
    open_drive,
    speak_probability,
)
from sim.rules.traits import initial_habit, log_normal, normal_pair, shift_hours

__all__ = [
    "answer_drive",
    "attention",
    "audience_factor",
    "budget",
    "claim_probability",
    "company_factor",
    "delay_hours",
    "draws_mean",
    "equal_share_fen",
    "eroded",
    "fatigue_added",
    "fed_hunger",
    "hour_factor",
    "initial_habit",
    "is_live",
    "kept_share",
    "leave_probability",
    "loafing_factor",
    "log_normal",
    "lucky_share_fen",
    "message_worth",
    "messages_read",
    "money_gain",
    "mood_factor",
    "mute_probability",
    "next_habit",
    "normal_pair",
    "novelty",
    "open_drive",
    "poisson_count",
    "regrown_hunger",
    "rewarded",
    "send_probability",
    "shift_hours",
    "skipped_share",
    "speak_probability",
    "tie_strength",
    "topic_match",
]
