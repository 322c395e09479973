"""MODEL.md names what the code has: every rule, parameter, stream, definition, policy, no other."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pandas as pd
import pytest

from sim import draws, rules, state
from sim.lives.deaths import DEATHS
from sim.params import Params, parameters
from sim.policies import known_policies
from sim.scenario.scenario import BRANCHING_LIMIT
from sim.state import KINDS, NEEDS, PACKETS_OPEN, RING, STAYS_MOST
from sim.ties import SLOTS
from sim.trace import SILENCE_DAYS
from sim.validation.rooms import TABLES

TEXT = (Path(__file__).resolve().parents[1] / "MODEL.md").read_text(encoding="utf-8")
PARAGRAPHS = TEXT.split("\n\n")
SECTIONS = tuple(section.name for section in dataclasses.fields(Params))
RULES = [
    n for n, rule in vars(rules).items() if getattr(rule, "__module__", "").startswith("sim.rules")
]
STREAMS = {
    name: number
    for name, number in vars(draws).items()
    if re.fullmatch("[A-Z]+", name) and isinstance(number, int)
}
OF_A_RULE = re.compile(r"\*\*`(\w+)`\*\*")
SOURCED = re.compile(r"[Aa]ssumption|[Gg]rade [ABCL]|Source: |Definition")


def paragraph_of(rule: str) -> str:
    """Return the one paragraph that begins with the rule's name."""
    found = [text for text in PARAGRAPHS if text.startswith(f"**`{rule}`**(")]
    assert len(found) == 1, f"{rule}: {len(found)} paragraphs"
    return found[0]


def said_of(subject: str) -> str:
    """Return the paragraph about a subject, on one line."""
    (found,) = [text for text in PARAGRAPHS if text.startswith(f"**{subject}")]
    return " ".join(found.split())


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_one_paragraph_that_says_where_it_comes_from(rule: str) -> None:
    assert SOURCED.search(paragraph_of(rule))


def test_no_paragraph_describes_a_rule_that_is_gone() -> None:
    described = [match[1] for text in PARAGRAPHS if (match := OF_A_RULE.match(text))]
    assert sorted(described) == sorted(RULES)


def test_every_dotted_key_is_a_parameter() -> None:
    dotted = re.findall(rf"(?<![\w/.])(?:{'|'.join(SECTIONS)})\.[a-z]\w*", TEXT)
    assert len(dotted) > len(parameters()) / 2
    assert set(dotted) - parameters().keys() == set()


@pytest.mark.parametrize("key", parameters())
def test_every_parameter_is_explained(key: str) -> None:
    assert f"`{key}`" in TEXT


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_mentioned(section: str) -> None:
    assert f"`{section}." in TEXT


def test_the_table_of_streams_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| `([A-Z]+)` \|", TEXT, flags=re.MULTILINE)
    assert rows == sorted(STREAMS, key=STREAMS.__getitem__)


@pytest.mark.parametrize("key", [death.key for death in DEATHS])
def test_every_definition_of_death_is_mentioned(key: str) -> None:
    assert f"`{key}`" in TEXT


def test_no_definition_of_death_is_invented() -> None:
    named = set(re.findall(r"`(silen\w+|never_\w+|volume_\w+|fewer_\w+|last_message_\w+)`", TEXT))
    assert named - set(rules.__all__) == {death.key for death in DEATHS}
    assert all(f"`silence_{days}d_by_day7`" in TEXT for days in SILENCE_DAYS)


@pytest.mark.parametrize("policy", known_policies())
def test_every_policy_is_mentioned(policy: str) -> None:
    assert f"`{policy}`" in TEXT


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(?:sim|tests)/[\w/.]+`", TEXT))))
def test_every_file_named_exists(path: str) -> None:
    assert (Path(__file__).resolve().parents[1] / path.strip("`")).exists()


def test_the_order_at_one_instant_is_that_of_the_queue() -> None:
    order = re.findall("`([A-Z]+)`", said_of("The same instant"))
    assert [getattr(state, name) for name in order] == list(range(state.REACTION + 1))


def test_kinds_and_needs_are_those_of_the_code() -> None:
    assert f"kind ({', '.join(KINDS)})" in said_of("Message")
    assert f"({', '.join(NEEDS)})" in said_of("Member")


def test_numbers_that_are_no_parameters_are_those_of_the_code() -> None:
    plain = " ".join(TEXT.split())
    assert f"the {RING} newest messages" in plain
    assert f"at most {PACKETS_OPEN} packets younger" in plain
    assert f"up to {SLOTS} ties" in plain
    assert f"above {BRANCHING_LIMIT} a scenario is refused" in plain
    assert f"at most {STAYS_MOST} times for the same newest message" in plain
    assert rules.poisson_count(1.0 - 1e-12, 15.0) == 16
    assert "by inversion, at most 16" in plain
    low, high = (rules.shift_hours(z, 3.0) for z in (-9.0, 9.0))
    assert f"held within {low} to {high}" in plain


def test_it_says_first_what_is_calibrated_and_that_no_level_is_a_prediction() -> None:
    beginning = " ".join(TEXT[: len(TEXT) // 8].split())
    assert "**What is calibrated.**" in beginning
    assert "must not be read as a prediction" in beginning


def test_it_fits_one_sitting() -> None:
    """Half of it are rules, a paragraph each, and levers brought half as many again."""
    assert len(TEXT.splitlines()) <= 970


with (TABLES / "benchmark.csv").open(encoding="utf-8") as file:
    BENCHMARK = pd.read_csv(file, dtype=str, keep_default_na=False)
COUNTED = BENCHMARK[BENCHMARK["use"].str.startswith(("band", "sign"))]


def test_the_score_of_the_benchmark_is_that_of_its_rows() -> None:
    """What `qunlab benchmark` printed: rows that missed add up, and bear the field's values."""
    missed = dict(re.findall(r"^\| `([a-z]\w+)` \| (\S+) \|", TEXT, flags=re.MULTILINE))
    values = dict(zip(COUNTED["id"], COUNTED["value"], strict=True))
    said = said_of("Its score")
    signs = re.search(r"(\d+) of (\d+) signs and (\d+) of (\d+) bands \((\d+) %\)", said)
    assert signs
    right, rows, met, bands, percent = map(int, signs.groups())
    assert rows == len(COUNTED)
    assert missed.keys() <= values.keys()
    assert right == rows - len(missed)
    assert all(values[row] in ("", field) for row, field in missed.items())
    assert bands == (COUNTED["use"] == "band").sum()
    also = re.findall(r"`(\w+)`", said_of("The band alone is missed"))
    banded = set(COUNTED["id"][COUNTED["use"] == "band"])
    assert met == bands - len(banded & missed.keys()) - len(banded & set(also))
    assert percent == round(100 * met / bands)
    assert f"{len(BENCHMARK)} published effects" in " ".join(TEXT.split())


def test_what_a_published_effect_set_is_said_among_the_limits() -> None:
    sets = set(BENCHMARK["sets"]) - {""}
    said = said_of("Not modelled yet")
    assert all(f"`{key}`" in said for key in sets)
    assert f"{(COUNTED['sets'] != '').sum()} rows set a parameter" in said_of("Its score")


def test_what_was_found_names_the_test_or_the_command_that_shows_it() -> None:
    found = [text for text in PARAGRAPHS if "**What was found" in text or "**Not found" in text]
    assert len(found) > 5
    for text in found:
        assert re.search(r"`tests/|qunlab|python -m experiments|^\* \*", text), text
