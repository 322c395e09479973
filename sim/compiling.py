"""How rules and kernels are compiled: all of numba's options."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

from sim.kernel_cache import (
    PACKAGE,
    KernelCache,
    RuleCache,
    cache_folder,
    holds_kernels,
    is_digested,
)

Function = TypeVar("Function", bound=Callable[..., Any])


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
    return not holds_kernels()


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
            f"{file.name} compiles {function.__name__}, but kernel_cache.ABOVE_THE_ENGINE leaves "
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
