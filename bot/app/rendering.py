"""From effects to bubbles: texts with their placeholders filled, buttons named, services shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.app.ports import Guide
from bot.app.turn import Button, Note, NoteText, Reply, ServiceCard
from bot.domain.content import Content
from bot.domain.directory import Directory
from bot.domain.effects import Choice, Effect, Line, NotePage, Say, ServiceQuery
from bot.domain.language import Lang
from bot.domain.payload import parse_payload

PLACEHOLDER = re.compile(r"\{([a-z0-9_.]+)\}")
ERASED = "Jeg har slettet det, jeg huskede fra vores samtale."
NOTHING_ERASED = "Jeg havde ikke gemt noget fra vores samtale."
NOT_ERASED = (
    "Jeg kan ikke nå det, jeg husker, lige nu. Det slettes af sig selv senest en time efter din "
    "sidste besked."
)
"""What /slet says truthfully: something was deleted, nothing was there, the store is away."""
IN_ENGLISH = {
    ERASED: "I have deleted what I remembered of our conversation.",
    NOTHING_ERASED: "I had kept nothing of our conversation.",
    NOT_ERASED: (
        "I cannot reach what I remember right now. It deletes itself an hour after your last "
        "message at the latest."
    ),
}


@dataclass(frozen=True)
class Rendering:
    """Turns effects into replies; the only place that looks up names, numbers and hours."""

    directory: Directory
    guide: Guide
    page_url: str | None = None
    """Where the page is, for visitors of other channels."""

    def render(
        self, effects: Sequence[Effect], content: Content, now: datetime, *, erased: int | None
    ) -> tuple[Reply, ...]:
        """One reply for every text. ``erased``: how many stored keys were deleted."""
        return tuple(
            self._render_say(effect, content, now, erased)
            for effect in effects
            if isinstance(effect, Say)
        )

    def _render_say(self, say: Say, content: Content, now: datetime, erased: int | None) -> Reply:
        contact = self.guide.describe_municipality(say.municipality, now, say.lang)
        values = {
            "erased": _say_erased(erased, say.lang),
            "page": _say_page(self.page_url, say.lang),
            "municipality": contact.name,
            "municipality_contact": contact.text,
        }

        def write(line: Line) -> str:
            text = content.responses[line[0]][line[1]]
            return self._fill(text.translation.get(say.lang, text.text), values)

        return Reply(
            text=write((say.response, say.variant)),
            response=say.response,
            buttons=tuple(self._button(choice) for choice in say.choices),
            services=self._cards(say.services, now, say.lang) if say.services else (),
            lang=Lang(say.lang),
            note=_write_note(say.note, write),
        )

    def _cards(self, query: ServiceQuery, now: datetime, lang: str) -> tuple[ServiceCard, ...]:
        picked = self.directory.pick(
            query.audience,
            query.concern,
            query.urgency,
            is_open=lambda service: self.guide.is_open(service, now),
            limit=query.limit,
        )
        return tuple(self.guide.to_card(service, now, lang) for service in picked)

    def _button(self, choice: Choice) -> Button:
        if choice.title is not None:
            return Button(choice.title, choice.payload)
        payload = parse_payload(choice.payload)
        code = payload[0][1] if isinstance(payload, tuple) else ""
        names = {m.code: m.name for m in self.directory.municipalities}
        return Button(names.get(code, code), choice.payload)

    def _fill(self, text: str, values: Mapping[str, str]) -> str:
        return PLACEHOLDER.sub(lambda found: self._value(found[1], values), text)

    def _value(self, name: str, values: Mapping[str, str]) -> str:
        """Lint has proved that every placeholder is known and every service has a number."""
        if name.startswith("phone."):
            service = self.directory.services[name.removeprefix("phone.")]
            return self.guide.show_phone(service)
        return values.get(name, "")


def _write_note(page: NotePage | None, write: Callable[[Line], str]) -> Note | None:
    if page is None or not page.parts:
        return None
    parts = tuple(NoteText(write(line), line[0]) for line in page.parts)
    return Note(write(page.about), parts)


def _say_erased(keys: int | None, lang: str) -> str:
    words = NOT_ERASED if keys is None else ERASED if keys else NOTHING_ERASED
    return IN_ENGLISH[words] if lang == "en" else words


def _say_page(url: str | None, lang: str) -> str:
    page = "the web page" if lang == "en" else "hjemmesiden"
    return f"{page} ({url})" if url else page
