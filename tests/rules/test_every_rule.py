"""Every rule has a test in this folder that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import rules

HERE = Path(__file__).parent
TESTS = "".join(file.read_text("utf-8") for file in HERE.glob("test_*.py"))


RULES = [
    n for n, rule in vars(rules).items() if getattr(rule, "__module__", "").startswith("sim.rules")
]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_tested(name: str) -> None:
    assert f"rules.{name}(" in TESTS
