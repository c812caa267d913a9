"""Expressions that each engine writes in its own way: dates, days, steps of a path."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, String, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class beijing_date(FunctionElement[date]):  # noqa: N801  # reads like a function of SQL
    """The date in Asia/Shanghai; no daylight saving since 1991."""

    type = Date()
    inherit_cache = True
    name = "beijing_date"


class days_between(FunctionElement[int]):  # noqa: N801
    """Days from the first date to the second."""

    type = Integer()
    inherit_cache = True
    name = "days_between"


@compiles(beijing_date, "sqlite")
def _date_on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    (instant,) = element.clauses
    return f"date({compiler.process(instant, **more)}, '+8 hours')"


@compiles(beijing_date, "postgresql")
def _date_on_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    (instant,) = element.clauses
    return f"CAST(({compiler.process(instant, **more)} AT TIME ZONE 'Asia/Shanghai') AS DATE)"


@compiles(days_between, "sqlite")
def _days_on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    start, end = (compiler.process(one, **more) for one in element.clauses)
    return f"CAST(julianday({end}) - julianday({start}) AS INTEGER)"


@compiles(days_between, "postgresql")
def _days_on_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    start, end = (compiler.process(one, **more) for one in element.clauses)
    return f"(CAST({end} AS DATE) - CAST({start} AS DATE))"


class first_step(FunctionElement[str]):  # noqa: N801  # reads like a function of SQL
    """What stands before the first `/`."""

    type = String()
    inherit_cache = True
    name = "first_step"


@compiles(first_step, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    (rest,) = (compiler.process(one, **more) for one in element.clauses)
    return f"substr({rest}, 1, instr({rest}, '/') - 1)"


@compiles(first_step, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    (rest,) = (compiler.process(one, **more) for one in element.clauses)
    return f"split_part({rest}, '/', 1)"


def step_below(path: Any, top: str) -> ColumnElement[str]:
    """The id, as text, of the body directly below the node at `top` that a path goes through."""
    return first_step(func.substr(path, len(top) + 1))
