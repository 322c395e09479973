"""``python -m experiments.answers``: all questions asked anew, the pages of answers written."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.asking import GROUPS, Asking, Question
from sim.cli import main, new_application
from sim.errors import InputError
from sim.files import write_whole
from sim.plots.style import rendered
from sim.study.manifest import code_digest, text_digest

NAME = "python -m experiments.answers"
HERE = Path(__file__).parent
RESULTS, DOCS = HERE.parent / "results" / "answers", HERE.parent / "docs"
RECORD, TABLE = "answer.json", "table.csv"
PAGES = {"en": "answers.md", "zh": "answers.zh.md"}
MINUTE_SECONDS = 60.0


def names() -> list[str]:
    """List the questions' files, ``NN_name``, in order."""
    return sorted(path.stem for path in HERE.glob("[0-9][0-9]_*.py"))


def question(name: str) -> Question:
    """Return a question by the name of its file."""
    found = import_module(f"experiments.{name}").QUESTION
    assert isinstance(found, Question)
    return found


def answer(name: str, folder: Path, groups: int = GROUPS, toy: bool = False) -> dict[str, Any]:
    """Answer a question into its folder (table, picture a language, record), and return the record;
    what the same code answered before with as many groups is read.
    """
    place = folder / name
    shared = [path for path in sorted(HERE.glob("*.py")) if path.stem not in names()]
    own = [*shared, HERE / f"{name}.py"]
    files = text_digest("".join(path.read_text(encoding="utf-8") for path in own))
    origin = {"code": code_digest(), "question": files, "groups": groups, "toy": toy}
    if (place / RECORD).is_file():
        old: dict[str, Any] = json.loads((place / RECORD).read_text(encoding="utf-8"))
        if old["origin"] == origin:
            return old
    asked = question(name)
    found = asked.ask(Asking(place / "rows", groups, toy))
    record = {
        "name": name, "asked": asdict(asked.asked),
        "said": {of: [getattr(one, of) for one in found.said] for of in PAGES},
        **{part: asdict(getattr(found, part)) for part in ("detail", "definition", "hangs_on")},
        "origin": origin,
    }  # fmt: skip
    write_whole(place / TABLE, found.table.to_csv(index=False, float_format="%.4g").encode())
    for of, figure in found.pictures.items():
        write_whole(place / f"{of}.svg", rendered(figure, "svg"))
    write_whole(place / RECORD, (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode())
    return record


def page(records: Sequence[Mapping[str, Any]], of: str) -> str:
    """Write the page of answers in a language."""
    title, intro, assumed, again, counted = WORDS[of]
    parts = [f"# {title}\n", f"{intro}\n"]
    parts += [f"* [{one['asked'][of]}](#{one['name']}) {one['said'][of][0]}" for one in records] + [
        ""
    ]
    for one in records:
        asked = one["asked"][of]
        parts += [
            f'## <a id="{one["name"]}"></a>{asked}\n', f"**{APART[of].join(one['said'][of])}**\n",
            f"![{asked}](answers/{one['name']}.{of}.svg)\n", f"{one['detail'][of]}\n",
            f"{counted}{one['definition'][of]}\n", f"{assumed}{one['hangs_on'][of]}\n",
            f"{again}`python -m experiments.answers {one['name']}`\n",
        ]  # fmt: skip
    return "\n".join(parts)


APART = {"en": " ", "zh": ""}  # what stands between two sentences
WORDS = {
    "en": (
        "Answers",
        "Twenty questions that strategists ask, played in the simulator. They are what the model "
        "says under its assumptions, not measurements of real groups; intervals are 95 % over "
        "simulated groups. `make answers` prints this page anew.",
        "*Assumption:* ", "*Again:* ", "*Counted:* ",
    ),
    "zh": (
        "答案",
        "运营者常问的二十个问题，用模拟器逐一试过。这是模型在其假设下的回答，不是真实群的测量值；"
        "区间都是模拟群的 95 % 区间。`make answers` 会重新生成本页。",
        "*假设*：", "*重跑*：", "*口径*：",
    ),
}  # fmt: skip


def write_pages(records: Sequence[Mapping[str, Any]], folder: Path, docs: Path = DOCS) -> None:
    """Write both pages with their pictures and the record they are made of."""
    pictures = docs / "answers"
    pictures.mkdir(exist_ok=True)
    for of, file in PAGES.items():
        write_whole(docs / file, page(records, of).encode())
        for one in records:
            drawn = (folder / one["name"] / f"{of}.svg").read_bytes()
            write_whole(pictures / f"{one['name']}.{of}.svg", drawn)
    text = json.dumps(list(records), indent=1, ensure_ascii=False) + "\n"
    write_whole(pictures / "answers.json", text.encode())


def answers(
    only: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...")] = None,
    groups: Annotated[int, typer.Option(help="Groups of each plan.", min=2)] = GROUPS,
    out: Annotated[Path, typer.Option(help="Rows, tables and pictures go there.")] = RESULTS,
    toy: Annotated[bool, typer.Option("--toy", help="Two small groups each, to try.")] = False,
) -> None:
    """Answer the questions; the same command continues where it was stopped.

    All of them with the default number of groups also write docs/answers.md and its Chinese.

    Example: python -m experiments.answers 05_red_packets --groups 40
    """
    wanted = only or names()
    if unknown := [one for one in wanted if one not in names()]:
        raise InputError(
            [f"{one}: no such question; there are {', '.join(names())}" for one in unknown]
        )
    begun, records = time.monotonic(), []
    for number, name in enumerate(wanted):
        rest = (time.monotonic() - begun) / max(1, number) * (len(wanted) - number)
        left = f"; about {rest / MINUTE_SECONDS:.0f} min left" if number else ""
        typer.echo(f"{name} ({number + 1} of {len(wanted)}{left})", err=True)
        records.append(answer(name, out, groups, toy))
        for of in PAGES:
            said = APART[of].join(records[-1]["said"][of])
            typer.echo(f"{records[-1]['asked'][of]}\n  {said}\n  {records[-1]['detail'][of]}")
    if wanted == names() and not toy and groups == GROUPS:
        write_pages(records, out)


def application() -> typer.Typer:
    """Return the command."""
    app = new_application(NAME)
    app.command()(answers)
    return app


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or names(), application, NAME))
