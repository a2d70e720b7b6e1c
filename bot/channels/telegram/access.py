"""How this process reaches Telegram; apart from the rest, which loads aiogram."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Access:
    """``api`` is the Bot API's address; ``webhook`` where Telegram delivers, None: long polling."""

    token: str = field(repr=False)
    api: str
    webhook: str | None = None
