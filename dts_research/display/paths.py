"""Outlines of drawings written short: the same points, told from one to the next.

What others write in absolute numbers is written as differences, exactly: no point moves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

_TOKENS = re.compile(r"[A-Za-z]|-?\d+(?:\.\d+)?")
_READABLE = re.compile(r"[MLCQZz\d\s.,-]*")
_POINTS = {"M": 1, "L": 1, "C": 3, "Q": 2}
_DIGITS = 3


def short_path(data: str) -> str:
    """Write the outline of a path shorter; one that is not understood stays as it is."""
    if not _READABLE.fullmatch(data):
        return data
    tokens = _TOKENS.findall(data.replace("z", "Z"))
    digits = max((len(t.partition(".")[2]) for t in tokens), default=0)
    if digits > _DIGITS or not tokens or tokens[0] != "M":
        return data
    unit = 10**digits
    try:
        return relative([t if t.isalpha() else round(float(t) * unit) for t in tokens], unit)
    except (IndexError, KeyError, TypeError, ValueError):
        return data


def relative(tokens: Sequence[str | int], unit: int) -> str:
    """Write a path as differences between points, so that nothing is rounded.

    Parameters
    ----------
    tokens
        Letters, ``Z`` to close, and numbers counted in whole units.
    unit
        How many units make one point: a power of ten.
    """
    x = y = start_x = start_y = at = 0
    out, last, command = "", "", ""
    while at < len(tokens):
        token = tokens[at]
        if isinstance(token, str):
            command, at = token, at + 1
            if command == "Z":
                x, y, out, last = start_x, start_y, out + "z", "z"
                continue
        size = 2 * _POINTS[command]
        values: list[Any] = [*tokens[at : at + size]]
        if len(values) < size:
            raise IndexError
        moves = [v - (y if i % 2 else x) for i, v in enumerate(values)]
        letter, kept = _letter(command, moves)
        out += _written(letter if letter != last else "", kept, unit)
        x, y, at, last = values[-2], values[-1], at + size, letter
        if command == "M":
            start_x, start_y, command, last = x, y, "L", ""
    return "M" + out[1:]


def outline(points: np.ndarray, unit: int, *, closed: bool = True) -> str:
    """Write lines from point to point, each told from the one before.

    Parameters
    ----------
    points
        Shape (n, 2); what is finer than one over `unit` is rounded.
    closed
        Whether the last point is joined to the first.
    """
    whole = np.rint(np.round(points, 6) * unit).astype(int)
    (x, y), moves = whole[0].tolist(), np.diff(whole, axis=0).tolist()
    out, last = f"M{number(x, unit)}{_spaced(y, unit)}", ""
    for right, down in moves:
        letter = "h" if down == 0 else "v" if right == 0 else "l"
        if letter == "l":
            told = _spaced(right, unit) + _spaced(down, unit)
        else:
            told = _spaced(right or down, unit)
        out += told if letter == last else letter + told.lstrip()
        last = letter
    return out + "z" * closed


def _letter(command: str, moves: list[int]) -> tuple[str, list[int]]:
    """Level and upright lines need one number."""
    if command == "L" and moves[1] == 0:
        return "h", moves[:1]
    if command == "L" and moves[0] == 0:
        return "v", moves[1:]
    return command.lower(), moves


def _written(letter: str, numbers: list[int], unit: int) -> str:
    """Numbers after their letter, apart only where they would be read as one."""
    told = "".join(_spaced(n, unit) for n in numbers)
    return letter + told.lstrip() if letter else told


@lru_cache(maxsize=16384)
def _spaced(value: int, unit: int) -> str:
    """A number after another one: its sign sets it apart."""
    return number(value, unit) if value < 0 else f" {number(value, unit)}"


def number(value: int, unit: int) -> str:
    """Write a number counted in whole units, as short as it can be."""
    whole, rest = divmod(abs(value), unit)
    digits = len(str(unit)) - 1
    part = f"{rest:0{digits}d}".rstrip("0") if digits else ""
    text = f"{whole or ''}.{part}" if part else str(whole)
    return f"-{text}" if value < 0 else text
