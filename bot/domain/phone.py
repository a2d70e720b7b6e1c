"""Danish phone numbers: how they are stored and how they are read."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

Phone = Annotated[str, StringConstraints(pattern=r"^(\+45[2-9]\d{7}|1\d{2,3}|11[0-9]\d{3})$")]
"""E.164, or one of the short numbers (112, 114, 1888, 116 111 ...) as it is dialled."""


def show_phone(phone: str) -> str:
    """Write a number as Danes read it: ``33 33 00 47``, ``70 201 201``, ``116 111``, ``1888``."""
    digits = phone.removeprefix("+45")
    if len(digits) == 8 and digits.startswith("70"):
        return f"{digits[:2]} {digits[2:5]} {digits[5:]}"
    if len(digits) == 8:
        return " ".join(digits[i : i + 2] for i in range(0, 8, 2))
    return f"{digits[:3]} {digits[3:]}" if len(digits) == 6 else digits
