"""The command ``qunlab``: one file a command, and one place where errors become one line each."""

from __future__ import annotations

import ast
import codecs
import errno
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from functools import wraps
from importlib import import_module
from inspect import Parameter, Signature, signature
from io import TextIOWrapper
from keyword import iskeyword
from pathlib import Path
from typing import Annotated, Any

import typer

from sim import __version__
from sim.cli.options import NoCode, OwnOutcomes
from sim.cli.speaking import speaking, taken_language
from sim.cli.terminal import INTERRUPTED, in_a_line
from sim.errors import InputError
from sim.language import _, in_language, language_of, recast

# each is the function of that name in ``sim/cli/<name>.py``; a new command is one word here. A
# name that is a word of Python's own stands there with an underscore after it: ``import_``.
COMMANDS = (
    *("demo", "lab", "run", "new", "sweep", "export", "replay", "fork", "merge", "cite", "import"),
    *("my", "observe", "compare", "cases", "calibrate", "forecast", "validate", "benchmark"),
    *("discover", "sensitivity", "optimise", "power", "params", "policies", "doctor", "serve"),
)

MOVED = {
    "search": "python -m experiments.making_populations search",
    "ablate": "python -m experiments.ablation",
    "calibrate --cut-down": "python -m experiments.making_populations calibrate --cut-down",
    "validate --own-rooms": "python -m experiments.validation own-rooms",
    "validate --effects": "python -m experiments.validation effects",
    "validate --nulls": "python -m experiments.validation halves --nulls",
    "validate --bank": "python -m experiments.validation halves --bank",
    "validate --cut-bank": "python -m experiments.validation halves --cut-bank",
}
"""Commands, and options of commands, that a clone of the repository runs; old word to new one."""

WITHOUT_CODE = ("new", "serve", "cite", "import", "observe", "params", "doctor")

WITH_OUTCOMES = ("run", "sweep", "compare")

HELP = "--help"
USAGE_ERROR = 2
FAILURE = 1
PLAIN = "qunlab_ascii"


def main(
    arguments: Sequence[str] | None = None,
    app: Callable[[], typer.Typer] | None = None,
    name: str = "qunlab",
) -> int:
    """Run one command (default: of the process) and turn whatever goes wrong into lines on the
    error stream; return 0 done, 1 failed (a full disk, say), 2 wrong input, 130 interrupted.

    `app` builds other commands than ours (default: `application`), called by another name.
    """
    _escape_what_cannot_be_printed()
    with in_language(language_of(os.environ)):
        try:
            given = list(sys.argv[1:] if arguments is None else arguments)
            words, spoken = taken_language(given, os.environ)
        except InputError as wrong:
            return _fail(wrong.problems, USAGE_ERROR)
    with in_language(spoken):
        return _run(words or [HELP], app, name)


def _run(words: list[str], app: Callable[[], typer.Typer] | None, name: str) -> int:
    """Run a command in the language spoken, as `main` does."""
    try:
        if app is None:
            _refuse_moved(words)
        with two_interrupts():
            commands = app() if app else application(words[0] if words[0] in COMMANDS else HELP)
            command = speaking(typer.main.get_command(commands))
            code = command(words, prog_name=name, standalone_mode=False)
            sys.stdout.flush()
    except InputError as wrong:
        return _fail(wrong.problems, USAGE_ERROR)
    except typer.TyperException as wrong:  # an unknown command or option, a missing argument
        return _fail([" ".join(wrong.format_message().split())], USAGE_ERROR)
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except MemoryError as wrong:
        return _fail([in_a_line(wrong)], FAILURE)
    except OSError as wrong:
        if wrong.errno == errno.EPIPE:  # the reader has gone (``qunlab params | head``): no word
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAILURE
        return _fail([in_a_line(wrong)], FAILURE)
    if code == INTERRUPTED:
        return _interrupted()
    return code if isinstance(code, int) else 0


def _refuse_moved(words: Sequence[str]) -> None:
    options = [f"{words[0]} {word.partition('=')[0]}" for word in words[1:]]
    for old in (words[0], *options):
        if old in MOVED:
            moved = _("{old} is research now, in a clone of Qunlab: {new}", old=old, new=MOVED[old])
            raise InputError([moved])


def application(asked: str = "") -> typer.Typer:
    """Collect the commands. Where one of them is `asked` for, or help on all (``--help``), no other
    command's file is imported: it stands there by its name and what its docstring says.
    """
    app = new_application("qunlab")
    app.callback()(_qunlab)
    for name in COMMANDS:
        is_named_alone = asked in {*COMMANDS, HELP} - {name}
        app.command(name)(_named(name) if is_named_alone else command_named(name))
    return app


def command_named(name: str) -> Callable[..., Any]:
    """Return the function of a command, with the options that it shares with others."""
    function = f"{name}_" if iskeyword(name) else name
    command = grouped(getattr(import_module(f"sim.cli.{function}"), function))
    command = taking_outcomes(command) if name in WITH_OUTCOMES else command
    return command if name in WITHOUT_CODE else announcing_code(command)


def _named(name: str) -> Callable[[], None]:
    """Stand in for a command in the list of them all."""

    def command() -> None:
        raise NotImplementedError

    function = f"{name}_" if iskeyword(name) else name
    source = (Path(__file__).parent / f"{function}.py").read_text(encoding="utf-8")
    found = [one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef)]
    command.__doc__ = next(ast.get_docstring(one) for one in found if one.name == function)
    return command


def new_application(name: str) -> typer.Typer:
    """Make a collection of commands that looks and fails as ``qunlab`` does."""
    return typer.Typer(
        name=name,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": [HELP, "-h"]},
    )


def _escape_what_cannot_be_printed() -> None:
    """Let standard output print every name, with JSON's escapes where its encoding lacks a sign.

    ASCII goes by another name here: under its own, Typer would write UTF-8 in its place.
    """
    out = sys.stdout
    if not isinstance(out, TextIOWrapper) or out.errors != "strict":
        return
    encoding = codecs.lookup(out.encoding)
    if encoding.name == "ascii":
        encoding = codecs.CodecInfo(*encoding[:4], encoding.incrementalencoder, name=PLAIN)
        codecs.register({PLAIN: encoding}.get)
    codecs.register_error("escape", _escaped)
    out.reconfigure(encoding=encoding.name, errors="escape")


def _escaped(fault: UnicodeError) -> tuple[str, int]:
    r"""Return the signs that an encoding lacks as JSON writes them: ``\\u5927``."""
    assert isinstance(fault, UnicodeEncodeError)
    return json.dumps(fault.object[fault.start : fault.end])[1:-1], fault.end


def announcing_code(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--no-code``, and let it say whose code of a policy it loads, and which
    twin of a real group that it reads does not match the group.
    """

    def announcing(*words: Any, no_code: bool = False, **options: Any) -> Any:
        from sim.scenario.named_policy import on_code, on_unmatched

        told: set[Path | str] = set()

        def warn(failed: Sequence[str], name: str) -> None:
            text = _(
                "note: {name}: a twin that does not match its group in {what}: trust no result"
            )
            if name not in told:
                typer.echo(text.format(name=name, what=_(", ").join(map(_, failed))), err=True)
            told.add(name)

        def tell(key: str, path: Path) -> None:
            shown = os.path.relpath(path) if path.is_relative_to(Path.cwd()) else path
            is_policy = key.startswith("policies.")
            if no_code:
                fault = _("{key}: {file} holds code, which --no-code refuses to run")
                key = f"{key}.use" if is_policy else key
                raise InputError([fault.format(key=key, file=shown)])
            if path not in told:
                told_of = _("loads policy code from {file}") if is_policy else ""
                told_of = told_of or _("loads code from {file}")
                typer.echo(told_of.format(file=shown), err=True)
            told.add(path)

        listening, warned = on_code.set(tell), on_unmatched.set(warn)
        try:
            return command(*words, **options)
        finally:
            on_code.reset(listening)
            on_unmatched.reset(warned)

    return with_flag(announcing, command, "no_code", NoCode)


def taking_outcomes(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--outcomes``, the user's own beside ours and those that its files name."""

    def taking(*words: Any, outcomes: list[str] | None = None, **options: Any) -> Any:
        from sim.lives.own_outcomes import own_outcomes

        with own_outcomes(outcomes or ()):
            return command(*words, **options)

    return with_flag(taking, command, "outcomes", OwnOutcomes, None)


def grouped(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command whose parameters are dataclasses of options be read with their fields."""
    had = signature(command, eval_str=True).parameters
    kinds: dict[str, Any] = {
        name: one.annotation for name, one in had.items() if is_dataclass(one.annotation)
    }
    if not kinds:
        return command

    def given(**options: Any) -> Any:
        for name, kind in kinds.items():
            names = {one.name for one in fields(kind)} & options.keys()
            options[name] = kind(**{one: options.pop(one) for one in names})
        return command(**options)

    read: list[Parameter] = []
    for name, parameter in had.items():
        parts = signature(kinds[name], eval_str=True) if name in kinds else None
        read += parts.parameters.values() if parts else [parameter]
    return _read_with(given, command, read)


def with_flag(
    wider: Callable[..., Any],
    command: Callable[..., Any],
    name: str,
    kind: Any,
    default: Any = False,
) -> Callable[..., Any]:
    """Let a function that takes a command's options, and one more, be read as a command."""
    own = Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
    had = signature(command, eval_str=True).parameters.values()
    return _read_with(wider, command, [*had, own])


def _read_with(
    wider: Callable[..., Any], command: Callable[..., Any], parameters: Sequence[Parameter]
) -> Callable[..., Any]:
    """Let a function be read as a command with these parameters."""
    wraps(command)(wider)
    wider.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    wider.__annotations__ = {one.name: one.annotation for one in parameters}
    return wider


@contextmanager
def two_interrupts() -> Iterator[None]:
    """Let the first Ctrl-C stop a command in order, and the second end the program at once.

    The second works whatever still runs: a policy that sleeps, or swallows the first.
    """
    usual = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if usual is not signal.default_int_handler or not is_main:
        yield
        return

    ended = _("interrupted twice: ended at once")

    def end(*_: object) -> None:
        os.write(2, f"{ended}\n".encode())
        os._exit(INTERRUPTED)

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, end)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is stop:  # else the program is about to end
            signal.signal(signal.SIGINT, usual)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"qunlab {__version__}")
        raise typer.Exit


def _qunlab(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True),
    ] = False,
    lang: Annotated[  # `main` takes it out, wherever it stands
        str | None,
        typer.Option(
            metavar="zh|en", help="Language, anywhere in a command; default: that of the system."
        ),
    ] = None,
) -> None:
    """A laboratory for chat communities: how big, how often, what a red packet buys.

    Example: qunlab new first && qunlab run first.toml --size 200
    """


def _fail(problems: Sequence[str], code: int) -> int:
    for problem in problems:
        typer.echo(_("error: {problem}", problem=recast(problem)), err=True)
    return code


def _interrupted() -> int:
    typer.echo(_("interrupted"), err=True)
    return INTERRUPTED
