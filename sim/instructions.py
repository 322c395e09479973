"""Two instructions of the processor that Python has no word for, for kernels only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numba.extending
from llvmlite import ir
from numba.core import cgutils

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
