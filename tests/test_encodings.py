"""Standard output that cannot print a name gets escapes, and JSON stays JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NAME = "大群 😀 é"
COMMANDS = {
    "run": ["run", "own.toml", "--groups", "2", "--days", "1", "--all"],
    "sweep": ["sweep", "sweep.toml", "--out", "rows", "--no-report", "--all"],
    "import": ["import", "大群.csv", "--out", "log", "--time-zone", "Asia/Shanghai"],
    "params": ["params", "--population", "大群.toml"],
}
DRIVER = """
import json, shutil, sys
from sim.cli import main
for words in json.loads(sys.argv[1]):
    shutil.rmtree("log", ignore_errors=True)
    assert main(words) == 0, words
    print("<next>")
assert main(["cite", "rows"]) == 0
"""


def test_what_even_utf_8_cannot_print_is_escaped() -> None:
    code = "from sim.cli import main; main(['--version']); print('\\udce9')"
    utf_8 = os.environ | {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", code], env=utf_8, capture_output=True, check=False)
    assert done.stdout.splitlines()[-1] == b"\\udce9"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_name_that_cannot_be_printed_is_escaped(encoding: str, tmp_path: Path) -> None:
    scenario = f'name = "{NAME}"\n[group]\nsize = 5\n'
    for file in ("own.toml", "大群.toml"):
        (tmp_path / file).write_text(scenario, encoding="utf-8")
    sweep = f'name = "{NAME}"\nscenario = "own.toml"\nreplications = 2\ndays = 1\n[grid]\n'
    (tmp_path / "sweep.toml").write_text(sweep + '"group.size" = [5]\n', encoding="utf-8")
    said = [f"大群,{who},2024-01-02 10:0{at}:00,hi" for at, who in enumerate(["阿明", "小红"])]
    log = "\n".join(["group,sender,time,text", *said, ""])
    (tmp_path / "大群.csv").write_text(log, encoding="utf-8")
    commands = [[*words, *more] for words in COMMANDS.values() for more in ([], ["--json"])]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, json.dumps(commands)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    plain, as_json = [], []
    for at, text in enumerate(done.stdout.decode(encoding).split("<next>\n")[:-1]):
        (as_json if at % 2 else plain).append(text)
    assert "\\u5927\\u7fa4" in plain[0]
    assert "\\u5927\\u7fa4" in plain[2]
    facts = [json.loads(text) for text in as_json]
    assert facts[0]["scenario"] == facts[1]["design"] == NAME
    assert "大群" in facts[2]["groups"][0]["group"] or "大群" in facts[2]["inputs"][0]["input"]
