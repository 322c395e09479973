"""How rules and kernels are compiled, and where the compiled code is kept: all that is numba's.

numba keys its own cache on the file a function stands in, so a kernel would go on playing the
old rule after ``rules.py`` was edited. Here the cache folder is named by a digest of every
source file a kernel can draw on; an edited rule therefore always gets an empty folder.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import os
import pickle
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite.binding import get_host_cpu_name
from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    UserProvidedCacheLocator,
)

Function = TypeVar("Function", bound=Callable[..., Any])

PACKAGE = Path(__file__).resolve().parent
"""The folder whose sources the digest covers."""

ABOVE_THE_ENGINE = frozenset(
    {"cli", "report", "plots", "study", "validation"}
    | {"patterns", "outcomes", "deaths", "chatlog", "survival"}
)
"""Modules no kernel can import (the linted layers say so): they stay out of the digest."""

DIGESTS_KEPT = 3
SECONDS_IN_USE = 3600.0


def rule(function: Function) -> Function:
    """Compile a scalar rule: plain numbers in, plain numbers out.

    Parameters
    ----------
    function : callable
        A pure function of numbers.

    Returns
    -------
    callable
        The same function, compiled at its first call; strict IEEE arithmetic (no ``fastmath``,
        so both engines get the same bits), no global interpreter lock, ``x / 0`` is infinite.

    Examples
    --------
    >>> @rule
    ... def doubled(hours):
    ...     return 2.0 * hours
    >>> doubled(1.5)
    3.0
    """
    return _compiled(function, _RuleCache)


def part(function: Function) -> Function:
    """Compile a part of a kernel: it becomes code of the kernels that call it.

    Parameters
    ----------
    function : callable
        A function of arrays and numbers that makes no array of its own.

    Returns
    -------
    callable
        The same function, for kernels only. Without reference counts: counting the arrays handed
        on at every call made the engine twenty times slower.

    Examples
    --------
    >>> @part
    ... def first(hours):
    ...     return hours[0]
    """
    return _part(function, forceinline=True)


def aside(function: Function) -> Function:
    """Compile a part of a kernel that seldom runs: it stays a function, to be quick to compile.

    Parameters
    ----------
    function : callable
        As for `part`.

    Returns
    -------
    callable
        The same function, for kernels only.

    Examples
    --------
    >>> @aside
    ... def last(hours):
    ...     return hours[-1]
    """
    return _part(function, forceinline=False)


def inlined(compiled: Function) -> Function:
    """Compile a rule once more, as code of the kernels that call it.

    Parameters
    ----------
    compiled : callable
        A rule. Called, it is a step apart in a loop; as part of the loop, the loop can become
        vector instructions.

    Returns
    -------
    callable
        The same function, for kernels only.

    Examples
    --------
    >>> @rule
    ... def doubled(hours):
    ...     return 2.0 * hours
    >>> doubled_in_place = inlined(doubled)
    """
    return _part(getattr(compiled, "py_func", compiled), forceinline=True)


def kernel(function: Function) -> Callable[..., Any]:
    """Compile a kernel: a loop over arrays that calls rules and parts; it makes no array itself.

    Parameters
    ----------
    function : callable
        A function of arrays and numbers that writes its results into arrays it was given.

    Returns
    -------
    callable
        The same function, compiled at its first call or loaded from the cache.

    Examples
    --------
    >>> import numpy as np
    >>> @kernel
    ... def fill(hours):
    ...     for i in range(hours.size):
    ...         hours[i] = i
    >>> hours = np.zeros(3)
    >>> fill(hours)
    >>> hours
    array([0., 1., 2.])
    """
    return _compiled(function, _KernelCache)


def needs_compiling(*kernels: Callable[..., Any]) -> bool:
    """Say whether this version of the engine still has to be compiled (some 10-30 seconds, once).

    Parameters
    ----------
    *kernels : callable
        The kernels about to be called; without any, the question is whether the cache folder of
        these sources holds a compiled kernel at all.

    Returns
    -------
    bool
        True when one of them has been compiled neither in this process nor in an earlier one.
    """
    if numba.config.DISABLE_JIT:
        return False
    if kernels:
        return not all(map(_is_compiled, kernels))
    folder = cache_folder()
    return folder is None or not any((folder / _KernelFiles.kind).rglob("*.nbc"))


@functools.cache
def cache_folder() -> Path | None:
    """Return the folder that keeps the compiled code of exactly these sources.

    It is the first of these that can be written: ``$QUNLAB_CACHE_DIR``, ``$XDG_CACHE_HOME/qunlab``
    or ``~/.cache/qunlab``, a private folder of the temporary folder.

    Returns
    -------
    Path or None
        None where nothing can be written: then every process compiles afresh.
    """
    digest = source_digest()
    for root in _roots():
        folder = root / "engine" / digest
        is_new = not folder.exists()
        try:
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
            os.utime(folder)
        except OSError:
            continue
        if is_new:
            prune(folder.parent)
        return folder
    return None


@functools.cache
def source_digest() -> str:
    """Return the digest that names the cache folder: sources, numba, Python, processor, options.

    Returns
    -------
    str
        20 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for path in _digested_sources():
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    settings = (
        numba.__version__,
        platform.python_implementation() + platform.python_version(),
        get_host_cpu_name(),
        str(numba.config.OPT),
        str(numba.config.BOUNDSCHECK),
    )
    digest.update("\0".join(settings).encode())
    return digest.hexdigest()[:20]


def prune(engine_folder: Path) -> None:
    """Delete the compiled code of old versions, except the newest and any in recent use.

    Parameters
    ----------
    engine_folder : Path
        Holds one folder a digest. The newest `DIGESTS_KEPT` stay, and so does any that a process
        began to use within the last hour.
    """
    try:
        used = sorted(((p.stat().st_mtime, p) for p in engine_folder.iterdir()), reverse=True)
    except OSError:  # another process prunes at the same time
        return
    for last_use, folder in used[DIGESTS_KEPT:]:
        if time.time() - last_use > SECONDS_IN_USE:
            shutil.rmtree(folder, ignore_errors=True)


def _digested_sources() -> list[Path]:
    sources = (p for p in PACKAGE.rglob("*.py") if _is_digested(p))
    return sorted(sources, key=lambda p: p.relative_to(PACKAGE).as_posix())


def _is_digested(path: Path) -> bool:
    return path.relative_to(PACKAGE).with_suffix("").parts[0] not in ABOVE_THE_ENGINE


def _roots() -> Iterator[Path]:
    if chosen := os.environ.get("QUNLAB_CACHE_DIR"):
        yield Path(chosen).expanduser().absolute()
    else:
        home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        yield Path(home).expanduser().absolute() / "qunlab"
    private = Path(tempfile.gettempdir()) / f"qunlab-{os.getuid()}"
    if not private.exists() or private.stat().st_uid == os.getuid():  # what it holds is executed
        yield private


def _part(function: Function, forceinline: bool) -> Function:
    if numba.config.DISABLE_JIT:
        return function
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
    options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    if forceinline:
        options["forceinline"] = True
    dispatcher: Any = numba.njit(**options)(function)
    _one_version(dispatcher)
    return cast("Function", dispatcher)


def _one_version(dispatcher: Any) -> None:
    """Let a constant argument be a number like any other: numba compiles a version for each."""
    resolve = dispatcher.get_call_template

    def resolve_plain(args: Any, kws: Any) -> Any:
        named = {name: numba.types.unliteral(kind) for name, kind in kws.items()}
        return resolve([numba.types.unliteral(kind) for kind in args], named)

    dispatcher.get_call_template = resolve_plain


def _compiled(function: Function, cache: type[FunctionCache]) -> Function:
    if numba.config.DISABLE_JIT:
        return function
    counted = cache is _RuleCache  # a kernel only writes into arrays it is given
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": counted}
    dispatcher: Any = numba.njit(no_cfunc_wrapper=True, **options)(function)
    _one_version(dispatcher)
    file = Path(inspect.getfile(function))
    if file.is_relative_to(PACKAGE) and not _is_digested(file):
        raise RuntimeError(
            f"{file.name} compiles {function.__name__}, but compiling.ABOVE_THE_ENGINE leaves that "
            "file out of the digest: an edit would go unnoticed; take it off that list"
        )
    if file.exists() and cache_folder() is not None:
        dispatcher._cache = cache(function)
    return cast("Function", dispatcher)


def _is_compiled(dispatcher: Any) -> bool:
    if dispatcher.signatures:
        return True
    cache = dispatcher._cache
    if not isinstance(cache, _KernelCache):
        return False
    return any(Path(cache.cache_path).glob(f"{cache.stem}.*.nbc"))


class _Locator(UserProvidedCacheLocator):
    """Tells numba the folder; the stamp of the function's own file is numba's."""

    def __init__(self, function: Callable[..., Any], kind: str) -> None:
        self._py_file = inspect.getfile(function)
        self._lineno = function.__code__.co_firstlineno
        folder = cache_folder()
        assert folder is not None
        source = Path(self._py_file).resolve()
        inside = source.is_relative_to(PACKAGE)
        place = (
            source.relative_to(PACKAGE).parent.as_posix()
            if inside
            else self.get_suitable_cache_subpath(self._py_file)
        )
        self._cache_path = str(folder / kind / place)


class _RuleFiles(CompileResultCacheImpl):
    kind = "rules"

    def __init__(self, function: Callable[..., Any]) -> None:
        self._lineno = function.__code__.co_firstlineno
        self._locator = _Locator(function, self.kind)
        module = Path(inspect.getfile(function)).stem
        self._filename_base = self.get_filename_base(
            f"{module}.{function.__qualname__}", getattr(sys, "abiflags", "")
        )


class _KernelFiles(_RuleFiles):
    kind = "kernels"


class _RuleCache(FunctionCache):
    """numba's cache of one function; a damaged or full disk only means compiling again."""

    _impl_class = _RuleFiles

    @property
    def stem(self) -> str:
        """Beginning of the names of the files that keep this function."""
        return str(self._impl.filename_base)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except (OSError, EOFError, pickle.UnpicklingError):
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError:
            pass
        except (EOFError, pickle.UnpicklingError):  # the index itself is damaged: start a new one
            self.flush()
            super().save_overload(sig, data)


class _KernelCache(_RuleCache):
    _impl_class = _KernelFiles
