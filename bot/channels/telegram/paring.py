"""What Betro reads of an update. Everything else is dropped before anything looks at it.

Kept are numbers of chat, message and update, the kind of chat, when it was written, the words and
of what kind the rest was. Names, phone numbers, places, files and original senders are not; and
what Telegram invents next cannot make an update unreadable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.domain.heard import Odd

Raw = Mapping[str, Any]
NOBODY: Final = {"id": 0, "is_bot": False, "first_name": "-"}
"""Stands where the library wants a person."""
KINDS: Final = {
    **dict.fromkeys(("photo", "live_photo", "video", "animation", "video_note"), Odd.PICTURE),
    **dict.fromkeys(("document", "story", "paid_media"), Odd.PICTURE),
    **dict.fromkeys(("voice", "audio"), Odd.VOICE),
    **dict.fromkeys(("venue", "location"), Odd.PLACE),
    "contact": Odd.CONTACT,
    **dict.fromkeys(("sticker", "dice"), Odd.NO_WORDS),
}
NOTES: Final = frozenset(
    {
        "boost_added",
        "chat_background_set",
        "connected_website",
        "gift",
        "message_auto_delete_timer_changed",
        "pinned_message",
        "proximity_alert_triggered",
        "unique_gift",
        "write_access_allowed",
    }
)
"""Telegram's own notes in a private chat: nothing that waits for an answer."""
IN_THE_CHAT: Final = ("member", "administrator", "creator", "restricted")


def pare(update: Raw) -> dict[str, Any] | None:
    """The update with nothing in it that is not read; None when it is of no kind that is read.

    Raises:
        LookupError, TypeError, AttributeError: it is not shaped as Telegram's updates are.
    """
    for name, pare_part in _PARTS.items():
        if name in update:
            return {"update_id": int(update["update_id"]), name: pare_part(update[name])}
    return None


def _message(raw: Raw) -> dict[str, Any]:
    pared = _place(raw) | {
        name: raw[name]
        for name in ("text", "caption", "media_group_id", "edit_date")
        if name in raw
    }
    if "forward_origin" in raw:
        pared["forward_origin"] = {"type": "hidden_user", "date": 0, "sender_user_name": "-"}
    return pared | {"kind": _kind(raw)}


def _kind(raw: Raw) -> str | None:
    """What came instead of words or beside them; ``note`` is Telegram's own, None only words."""
    odd = next((odd for name, odd in KINDS.items() if name in raw), None)
    if odd is not None:
        return odd.value
    if "text" in raw:
        return None
    return "note" if NOTES & raw.keys() else Odd.OTHER.value


def _press(raw: Raw) -> dict[str, Any]:
    pared = {"id": raw["id"], "from": NOBODY, "chat_instance": "-", "data": raw.get("data")}
    if "message" in raw:
        pared["message"] = _place(raw["message"]) | {
            "reply_markup": {"inline_keyboard": _links(raw["message"].get("reply_markup", {}))}
        }
    return pared


def _links(markup: Raw) -> list[list[dict[str, str]]]:
    """The rows of a keyboard that lead to a web page: they stay when a choice is made."""
    return [
        [{"text": button["text"], "url": button["url"]} for button in row]
        for row in markup.get("inline_keyboard", ())
        if all("url" in button for button in row)
    ]


def _membership(raw: Raw) -> dict[str, Any]:
    is_here = raw["new_chat_member"]["status"] in IN_THE_CHAT
    standing = {"status": "member" if is_here else "left", "user": NOBODY}
    return {
        "chat": _chat(raw["chat"]),
        "from": NOBODY,
        "date": 0,
        "old_chat_member": {"status": "left", "user": NOBODY},
        "new_chat_member": standing,
    }


def _place(raw: Raw) -> dict[str, Any]:
    return {
        "message_id": raw["message_id"],
        "date": raw["date"],
        "chat": _chat(raw["chat"]),
    }


def _chat(raw: Raw) -> dict[str, Any]:
    return {"id": raw["id"], "type": raw["type"]}


_PARTS: Final[Mapping[str, Callable[[Raw], dict[str, Any]]]] = {
    "message": _message,
    "edited_message": _message,
    "callback_query": _press,
    "my_chat_member": _membership,
}
READ: Final = list(_PARTS)
"""The kinds of update Telegram is asked for."""
