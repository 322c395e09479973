"""What the shipped people, ready-made plans and cases are called in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sim.language import N_, _

PEOPLE_SAID = N_({
    "app_users": "users of a fitness app", "beauty_buyers": "buyers of cosmetics",
    "buyers": "buyers, by a card in the parcel", "camp_members": "members of a paid camp",
    "class_goers": "people of the same classes", "course_buyers": "buyers of a course",
    "employees": "employees of one firm", "fans": "fans of a maker of devices",
    "hobbyists": "people of one hobby", "mothers": "mothers who share a hardship",
    "paid_readers": "paying readers of a host", "self_joiners": "who joined by themselves",
    "shop_visitors": "visitors of a shop", "strangers_qr": "strangers by a QR code",
    "students": "students of one year", "super_users": "most active app users",
    "week_learners": "learners of a week's plan",
})  # fmt: skip
PRESETS_SAID = N_({
    "brand_club": "a maker's club", "daily_check_in": "check-in every morning",
    "expert_daily": "one good thing a day", "expert_shop": "a shop keeper who advises",
    "full_time_team": "a full-time team", "hands_off": "nothing is done",
    "house_rules": "rules, and ads removed", "light_touch": "a question when it is silent",
    "local_meetings": "a meeting every week", "member_hosts": "members host",
    "packets_evening": "20 CNY of red packets every evening",
    "paid_check_in": "paid check-in", "paid_gate": "entry fee and review",
    "part_time_team": "students in the evenings", "private_seller": "letters to single members",
    "quiet_digest": "posts in two batches a day", "service_period": "two months of answers",
    "seven_day_camp": "a camp of a week", "shills": "the team's accounts chat as members",
    "shop_ads": "a flood of ads", "shop_promotions": "offers, prizes and group-buys",
    "sop_checklist": "a checklist for dozens of groups", "tidy_list": "the silent are removed",
    "warm_welcome": "each newcomer is greeted", "weekly_talks": "a guest every Friday",
})  # fmt: skip
CASES_SAID = N_({
    "banpie-camp": "a plan of seven days", "dedao": "most active users host gatherings",
    "hishop-quality": "a narrow topic, checked members", "ip-camp": "a paid camp of half a year",
    "keep-alumni": "a role for alumni", "lululemon": "a community of classes in town",
    "luoji": "a voice message every morning", "mass-sop": "a checklist in 100 groups",
    "mothers": "mothers who share a hardship", "perfect-diary": "a warm person sells cosmetics",
    "qiuye-product": "buyers of a course, answers for a time",
    "qiuye-self": "500 students, talks by members", "shop-ads": "a shop floods 25 visitors",
    "shop-expert": "a shop keeper advises", "study-gym": "check-in before each other",
    "xianliao": "members paired for private talk", "xiaomi": "fans propose, engineers build",
    "zhiwei": "wine lovers, tagged and called back",
})  # fmt: skip
SHIPPED_SAID = PEOPLE_SAID | PRESETS_SAID


def in_words(names: Iterable[str], said: Mapping[str, str]) -> dict[str, str]:
    """Lay out names of shipped files to choose from, each after what it is in words."""
    return {name: f"{_(said[name])} · {name}" if name in said else name for name in names}
