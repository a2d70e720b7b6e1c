"""The directory at a given moment: what is open, and how a municipality is reached."""

from __future__ import annotations

from datetime import datetime

from bot.adapters import service_cards
from bot.adapters.opening_hours import Openings, in_denmark
from bot.app.ports import ContactWords
from bot.app.turn import ServiceCard
from bot.domain.directory import Directory, Service
from bot.domain.municipality_contact import how_to_reach
from bot.domain.phone import show_phone


class DirectoryGuide:
    """Satisfies ``Guide``."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._openings = Openings()
        self._municipalities = {m.code: m for m in directory.municipalities}

    def is_open(self, service: Service, now: datetime) -> bool | None:
        return self._openings.status(service, now).open_now

    def to_card(self, service: Service, now: datetime, lang: str = "da") -> ServiceCard:
        return service_cards.to_card(service, now, self._openings, lang)

    def show_phone(self, service: Service) -> str:
        return show_phone(service.phone or "")

    def describe_municipality(
        self, code: str | None, now: datetime, lang: str = "da"
    ) -> ContactWords:
        municipality = self._municipalities.get(code or "")
        words = self._directory.municipal_words
        if words is None:  # only a directory that was not checked has none
            return ContactWords("", "")
        lines = how_to_reach(
            municipality,
            self._directory.contacts.get(code or ""),
            words,
            office_hours=self._openings.in_office_hours(now),
            today=in_denmark(now).date(),
            lang=lang,
        )
        name = (
            municipality.full_name
            if municipality
            else {"en": "the municipality"}.get(lang, "kommunen")
        )
        return ContactWords(name, "\n".join(line.text for line in lines))
