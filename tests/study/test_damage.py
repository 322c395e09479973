"""Damaged stores: no wrong number and no traceback; one line says what, the same command mends."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim import cli
from sim.study import sweep as sweeps

TRIED = int(os.environ.get("QUNLAB_DAMAGES", "33"))
SWEEP = """
name = "damaged"
replications = 4
seed = 5
days = 1
scenario = {}
[grid]
"group.size" = [1, 2, 3]
"""
PLAY = ["sweep", "small.toml", "--out", "swept", "--no-report"]
READ = (["export", "swept", "--to", "x.csv"], ["cite", "swept"])

Damage = Callable[[random.Random, Path, Path], None]


def any_part(chance: random.Random, folder: Path) -> Path:
    return chance.choice(sorted(folder.glob("part-*.parquet")))


def any_file(chance: random.Random, folder: Path) -> Path:
    return chance.choice(sorted(folder.iterdir()))


def flip_a_bit(chance: random.Random, store: Path, other: Path) -> None:
    file = any_file(chance, store)
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def write_noise(chance: random.Random, store: Path, other: Path) -> None:
    file = any_file(chance, store)
    content = bytearray(file.read_bytes())
    start = chance.randrange(len(content))
    content[start : start + chance.randrange(1, 200)] = chance.randbytes(chance.randrange(200))
    file.write_bytes(content)


def cut_off(chance: random.Random, store: Path, other: Path) -> None:
    file = any_file(chance, store)
    os.truncate(file, chance.randrange(file.stat().st_size))


def write_zeros_behind(chance: random.Random, store: Path, other: Path) -> None:
    with any_file(chance, store).open("ab") as file:
        file.write(bytes(chance.randrange(1, 100)))


def copy_under_another_number(chance: random.Random, store: Path, other: Path) -> None:
    content = any_part(chance, store).read_bytes()
    any_part(chance, store).write_bytes(content)


def take_of_another_seed(chance: random.Random, store: Path, other: Path) -> None:
    file = any_part(chance, other)
    shutil.copy(file, store / file.name)


def rewrite(change: Callable[[pa.Table, random.Random], pa.Table]) -> Damage:
    """Change the rows of a part and write it again with all it said of itself."""

    def damage(chance: random.Random, store: Path, other: Path) -> None:
        file = any_part(chance, store)
        table = pq.read_table(pa.BufferReader(file.read_bytes()))
        if chance.random() < 0.3:
            table = table.replace_schema_metadata()
        pq.write_table(change(table, chance), str(file))

    return damage


def renamed(table: pa.Table, chance: random.Random) -> pa.Table:
    names = list(table.column_names)
    a, b = chance.sample(range(len(names)), 2)
    names[a], names[b] = names[b], names[a]
    return table.rename_columns(names)


def other_number(table: pa.Table, chance: random.Random) -> pa.Table:
    at = table.column_names.index("messages")
    field, values = table.schema.field(at), [7 + chance.randrange(9)] * len(table)
    return table.set_column(at, field, pa.array(values, field.type))


def edit_manifest(chance: random.Random, store: Path, other: Path) -> None:
    file = store / "manifest.json"
    data = json.loads(file.read_text())
    key = chance.choice(sorted(data))
    nothing = type(data[key])()
    data[key] = chance.choice([nothing, None, 7, "x", [], {}, [data[key]], {"x": data[key]}])
    if chance.random() < 0.2:
        del data[key]
    file.write_text(json.dumps(data))


DAMAGES: dict[str, Damage] = {
    "a bit": flip_a_bit,
    "noise": write_noise,
    "cut off": cut_off,
    "longer": write_zeros_behind,
    "another number": copy_under_another_number,
    "another seed": take_of_another_seed,
    "rows twice": rewrite(lambda table, _: pa.concat_tables([table, table])),
    "fewer rows": rewrite(lambda table, _: table.slice(1)),
    "other columns": rewrite(renamed),
    "another value": rewrite(other_number),
    "manifest": edit_manifest,
}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damage")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sweeps, "BLOCK_GROUPS", 3)
        for name, seed in (("good", "5"), ("other", "6")):
            Path("small.toml").write_text(SWEEP.replace("seed = 5", f"seed = {seed}"))
            assert cli.main([*PLAY[:3], name, "--no-report"]) == 0
    (folder / "small.toml").write_text(SWEEP)
    return folder


def copy_of(stores: Path) -> None:
    shutil.rmtree("swept", ignore_errors=True)
    shutil.copytree(stores / "good", "swept")


def test_damage_is_one_line_and_the_same_command_mends_it(
    stores: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(stores)
    monkeypatch.setattr(sweeps, "BLOCK_GROUPS", 3)
    copy_of(stores)
    assert cli.main(READ[0]) == 0
    whole = Path("x.csv").read_bytes()
    harmless = 0
    for number in range(TRIED):
        chance = random.Random(number)
        name = list(DAMAGES)[number % len(DAMAGES)]
        copy_of(stores)
        DAMAGES[name](chance, Path("swept"), stores / "other")
        capsys.readouterr()
        for words in READ:
            Path("x.csv").unlink(missing_ok=True)
            code = cli.main(words)
            said = capsys.readouterr().err.splitlines()
            assert code in (0, 2), (number, name)
            assert len(said) == (code > 0), (number, name, said)
            if words[0] == "export" and not code:
                harmless += 1
                assert Path("x.csv").read_bytes() == whole, (number, name)
            elif words[0] == "export":
                assert "damaged" in said[0], (number, name)
                assert not Path("x.csv").exists()
        assert cli.main(PLAY) == 0, (number, name, capsys.readouterr().err)
        assert cli.main(READ[0]) == 0
        assert Path("x.csv").read_bytes() == whole, (number, name)
    assert harmless < TRIED / 3, "the damages of this test do no damage"


@pytest.mark.parametrize("part", ["folder", "fifo", "link to nothing"])
def test_what_is_no_file_is_no_part(
    part: str, stores: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(stores)
    copy_of(stores)
    file = Path("swept/part-000001.parquet")
    file.unlink()
    if part == "folder":
        file.mkdir()
    elif part == "fifo":
        os.mkfifo(file)
    else:
        file.symlink_to("nothing")
    capsys.readouterr()
    assert cli.main(READ[0]) == (0 if part.startswith("link") else 2)
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert cli.main(PLAY) == (1 if part == "folder" else 0)
    assert len(capsys.readouterr().err.splitlines()) == (part == "folder")


def test_the_report_too_says_what_is_damaged(
    stores: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim.errors import InputError
    from sim.report import write_report

    monkeypatch.chdir(stores)
    copy_of(stores)
    for number in (1, 3):
        os.truncate(f"swept/part-{number:06d}.parquet", 100)
    with pytest.raises(InputError) as caught:
        write_report("swept")
    again = "the same 'qunlab sweep' command makes them again"
    assert caught.value.problems == (
        f"swept: damaged: part-000001.parquet, part-000003.parquet; {again}",
    )
    assert cli.main(["replay", "swept", "1"]) == 2
    assert not list(Path("swept").glob("*.html"))
