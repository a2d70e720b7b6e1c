"""From a pared Telegram message or press to what the conversation takes. Decides nothing more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiogram.types import CallbackQuery, Message, Update

from bot.app.turn import Channel, Incoming
from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.parcel import Parcel, Press
from bot.domain.heard import Odd

STALE_AFTER = timedelta(hours=1)
"""As long as a conversation is remembered after the last message: what was asked before is gone,
and whoever wrote has gone on with the evening."""
NOTE = "note"


def read_message(update: Update, message: Message, now: datetime) -> Parcel | None:
    """None: nothing that waits for an answer, such as Telegram's own notes."""
    kind = (message.model_extra or {}).get("kind")
    words = message.text or message.caption
    if kind == NOTE and not words:
        return None
    odd = Odd(kind) if kind and kind != NOTE else None
    once: tuple[str, int | str] | None = None
    if message.media_group_id:
        once = ("album", message.media_group_id)
    if message.forward_origin is not None and words:
        odd = Odd.FORWARDED
    if now - message.date > STALE_AFTER:
        odd, once = Odd.STALE, ("stale", message.chat.id)
    return _parcel(update, message, words, odd, once)


def read_edit(update: Update, message: Message, now: datetime) -> Parcel | None:
    """None without words: a place that moves is edited every few seconds."""
    words = message.text or message.caption
    if not words:
        return None
    # An old message may be edited just now, and tell of danger.
    edited = datetime.fromtimestamp(message.edit_date or 0, UTC)
    if now - edited > STALE_AFTER:
        return _parcel(update, message, words, Odd.STALE, ("stale", message.chat.id))
    return _parcel(update, message, words, Odd.EDITED, ("edit", message.message_id))


def _parcel(
    update: Update,
    message: Message,
    words: str | None,
    odd: Odd | None,
    once: tuple[str, int | str] | None,
) -> Parcel:
    return Parcel(
        chat=message.chat.id,
        updates=(update.update_id,),
        incoming=Incoming(text=words or "", odd=odd, channel=Channel.TELEGRAM),
        message=message.message_id,
        once=once,
    )


def read_press(update: Update, query: CallbackQuery, buttons: Buttons) -> Parcel | None:
    """None for a button that belongs to no message of ours."""
    if query.message is None:
        return None
    keyboard = query.message.reply_markup if isinstance(query.message, Message) else None
    has_links = keyboard is not None and bool(keyboard.inline_keyboard)
    chat = query.message.chat.id
    return Parcel(
        chat=chat,
        updates=(update.update_id,),
        incoming=buttons.read(chat, query.data),
        press=Press(query.id, query.message.message_id, keyboard if has_links else None),
    )
