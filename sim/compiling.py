"""How rules and kernels are compiled: where their code is kept, numba's options, two instructions.

Compiled code stands in a folder named by a digest of every source a kernel can draw on. numba keys
its own cache on the file a function stands in, so a kernel would go on playing the old rule after
`rules` was edited. Here an edited rule always gets an empty folder.
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
import numba.extending
from llvmlite import ir
from llvmlite.binding import get_host_cpu_name
from numba.core import cgutils
from numba.core.caching import CompileResultCacheImpl, FunctionCache, UserProvidedCacheLocator

PACKAGE = Path(__file__).resolve().parent
"""The folder whose sources the digest covers."""

ABOVE_THE_ENGINE = frozenset(
    {"cli", "lab", "cases", "report", "plots", "calibrate", "study", "forecast", "validation"}
    | {"serving", "lives", "chatlog", "stats", "populations", "inference", "gym"}
)
"""Modules no kernel can import (the linted layers say so): they stay out of the digest."""

DIGESTS_KEPT = 3
SECONDS_IN_USE = 3600.0


@functools.cache
def cache_folder() -> Path | None:
    """Return the folder for the compiled code of exactly these sources, the first writable of
    ``$QUNLAB_CACHE_DIR``, ``$XDG_CACHE_HOME/qunlab`` or ``~/.cache/qunlab``, a private temporary
    one; None where nothing can be written: then every process compiles afresh.
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
    """Name the cache folder: 20 hexadecimals of sources, numba, Python, processor, options."""
    digest = hashlib.sha256()
    for path in digested_sources():
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
    """Delete the compiled code of old versions, a folder each, except the newest `DIGESTS_KEPT` and
    any that a process began to use within the last hour.
    """
    try:
        used = sorted(((p.stat().st_mtime, p) for p in engine_folder.iterdir()), reverse=True)
    except OSError:  # another process prunes at the same time
        return
    for last_use, folder in used[DIGESTS_KEPT:]:
        if time.time() - last_use > SECONDS_IN_USE:
            shutil.rmtree(folder, ignore_errors=True)


def digested_sources() -> list[Path]:
    """List the files a kernel can draw on."""
    sources = (p for p in PACKAGE.rglob("*.py") if is_digested(p))
    return sorted(sources, key=lambda p: p.relative_to(PACKAGE).as_posix())


def is_digested(path: Path) -> bool:
    """Say whether an edit of a file gets a new folder."""
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


class _Locator(UserProvidedCacheLocator):
    """Tells numba the folder, and stamps a file by its bytes, so that two installs can share it."""

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

    def get_source_stamp(self) -> str:
        """Return the digest of the function's own file."""
        return hashlib.sha256(Path(self._py_file).read_bytes()).hexdigest()


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


class RuleCache(FunctionCache):
    """numba's cache of one rule; a damaged or full disk only means compiling again."""

    _impl_class = _RuleFiles

    @property
    def stem(self) -> str:
        """Beginning of the names of the files that keep this function."""
        return str(self._impl.filename_base)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Load what was compiled for some types; None where it cannot be read."""
        try:
            return super().load_overload(sig, target_context)
        except (OSError, EOFError, pickle.UnpicklingError):
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, where there is room."""
        try:
            super().save_overload(sig, data)
        except OSError:
            pass
        except (EOFError, pickle.UnpicklingError):  # the index itself is damaged: start a new one
            self.flush()
            super().save_overload(sig, data)


class KernelCache(RuleCache):
    """The same for a kernel."""

    _impl_class = _KernelFiles


Function = TypeVar("Function", bound=Callable[..., Any])

LINE_BYTES = 64  # of the processor's cache


def _native(function: Function, build: Callable[..., Any]) -> Function:
    """Let a kernel use one instruction of the processor where Python has none for it."""
    if numba.config.DISABLE_JIT:
        return function
    return cast("Function", numba.extending.intrinsic(build))


def _build_lowest_bit(typing_context: Any, word: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return numba.types.int64(numba.types.int64), build


def _build_prefetch(typing_context: Any, records: Any, index: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        size = context.get_abi_sizeof(context.get_data_type(records.dtype))
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        ask = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        start = builder.bitcast(builder.gep(array.data, [arguments[1]]), byte)
        for line in range(0, size, LINE_BYTES):
            place = builder.gep(start, [ir.Constant(ir.IntType(64), line)])
            builder.call(ask, [place, number(1), number(3), number(1)])
        return context.get_dummy_value()

    return numba.types.void(records, numba.types.int64), build


def _lowest_bit(word: int) -> int:
    """Return the place of the lowest bit set in a word that is not zero."""
    return (word & -word).bit_length() - 1


def _prefetch(records: Any, index: int) -> None:
    """Ask for a record, so that it is on its way from memory before it is needed."""


lowest_bit = _native(_lowest_bit, _build_lowest_bit)
prefetch = _native(_prefetch, _build_prefetch)


def rule(function: Function) -> Function:
    """Compile a scalar rule of plain numbers at its first call: strict IEEE arithmetic (no
    ``fastmath``, so both engines get the same bits), no global interpreter lock, ``x / 0`` is
    infinite.
    """
    return _compiled(function, RuleCache)


def part(function: Function) -> Function:
    """Compile a part of a kernel that makes no array: it becomes code of the kernels that call it,
    without reference counts, which made the engine twenty times slower.
    """
    return _part(function, forceinline=True)


def aside(function: Function) -> Function:
    """Compile a part of a kernel that seldom runs: it stays a function, to be quick to compile."""
    return _part(function, forceinline=False)


def inlined(compiled: Function) -> Function:
    """Compile a rule once more, as code of the kernels that call it, and for them only: called, it
    is a step apart in a loop; as part of it, the loop can become vector instructions.
    """
    return _part(getattr(compiled, "py_func", compiled), forceinline=True)


def kernel(function: Function) -> Callable[..., Any]:
    """Compile (or load from the cache) a kernel at its first call: a loop over arrays it was given,
    that calls rules and parts and makes no array itself.
    """
    return _compiled(function, KernelCache)


def needs_compiling(*kernels: Callable[..., Any]) -> bool:
    """Say whether these kernels (without any: any of these sources) were compiled neither in this
    process nor in an earlier one; compiling takes some 10-30 seconds, once.
    """
    if numba.config.DISABLE_JIT:
        return False
    if kernels:
        return not all(map(_is_compiled, kernels))
    folder = cache_folder()
    return folder is None or not any((folder / _KernelFiles.kind).rglob("*.nbc"))


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
    counted = cache is RuleCache  # a kernel only writes into arrays it is given
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": counted}
    dispatcher: Any = numba.njit(no_cfunc_wrapper=True, **options)(function)
    _one_version(dispatcher)
    file = Path(inspect.getfile(function))
    if file.is_relative_to(PACKAGE) and not is_digested(file):
        raise RuntimeError(
            f"{file.name} compiles {function.__name__}, but compiling.ABOVE_THE_ENGINE leaves "
            "that file out of the digest: an edit would go unnoticed; take it off that list"
        )
    if file.exists() and cache_folder() is not None:
        dispatcher._cache = cache(function)
    return cast("Function", dispatcher)


def _is_compiled(dispatcher: Any) -> bool:
    if dispatcher.signatures:
        return True
    cache = dispatcher._cache
    if not isinstance(cache, KernelCache):
        return False
    return any(Path(cache.cache_path).glob(f"{cache.stem}.*.nbc"))
