"""Writes the page without JavaScript. Everything from outside is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import urlsplit

from bot.app.turn import Note, Reply, ServiceCard
from bot.domain.language import RIGHT_TO_LEFT, Lang

TEMPLATE: Final = Path(__file__).parent / "plain.html"
NUMBERS: Final = re.compile(
    r"(?<!§ )(?<!\d)(?<!\d )(112|114|1888|116 111|\d\d \d\d \d\d \d\d)(?! ?\d)"
)
"""Phone numbers that become links wherever they stand; ``view.js`` does the same."""
SPREAD_OUT: Final = 2
"""Services whose ways are shown at once; the page's script does the same."""

_INTRO: Final = (
    "Hej. Du skriver med en robot, ikke et menneske. Skriv det, du vil, med dine egne ord. "
    "Du behøver ikke vide, hvad du skal sige.\n"
    "Vi gemmer ikke dit navn eller dine beskeder.\n"
    "Er du i fare nu, så ring 112. Er du barn eller ung, kan du ringe til BørneTelefonen på "
    "116 111, hele døgnet."
)
_BANNER: Final = (
    '<p class="acute"><a href="tel:112">Ring 112</a> <span>hvis nogen er i fare nu</span></p>'
)
_WORDS: Final = {
    "call": "Ring {}",
    "sms": "Send sms",
    "sms_to": "Sms til {}",
    "chat": "Chat",
    "web": "Hjemmeside",
    "own": "Du skrev",
    "print": "Vælg »Udskriv« i din browsers menu. Så kommer kun noten på papiret.",
}


class PlainPage:
    """Fills ``plain.html``."""

    def __init__(self, trial: str | None = None) -> None:
        """``trial``: what is said at the top while the texts are only tried."""
        self._template = Template(TEMPLATE.read_text("utf-8"))
        self._trial = show_trial(trial)

    def first(self, *, form: str) -> str:
        """The page before anything is said."""
        return self._fill(_bubble(_INTRO), token="", form=form)

    def problem(self, words: str, *, unsent: str, token: str, form: str) -> str:
        """The message was not taken: say why, and keep it in the text field."""
        return self._fill(_bubble(words), token=token, form=form, unsent=unsent)

    def answer(
        self,
        replies: Iterable[Reply],
        *,
        turn: int,
        said: str,
        token: str,
        form: str,
        acute: bool,
    ) -> str:
        """What the visitor wrote, if it was words, and the replies to it."""
        own = _own(said) if said.strip() else ""
        bubbles = own + "\n".join(_reply(reply, turn) for reply in replies)
        return self._fill(bubbles, token=token, form=form, banner=_BANNER if acute else "")

    def _fill(
        self, bubbles: str, *, token: str, form: str, unsent: str = "", banner: str = ""
    ) -> str:
        return self._template.substitute(
            bubbles=bubbles,
            token=escape(token),
            form=escape(form),
            unsent=escape(unsent),
            banner=banner,
            trial=self._trial,
        )


def show_trial(words: str | None) -> str:
    """The line at the top of either page; empty without words."""
    return f'<p class="trial" role="note">{escape(words)}</p>' if words else ""


def _own(said: str) -> str:
    label = f'<span class="unseen">{_WORDS["own"]}: </span>'
    shown = escape(said).replace("\0", "")
    return f'<div class="bubble own"><p>{label}{shown}</p></div>\n'


def _bubble(text: str, lang: Lang = Lang.DA) -> str:
    return f'<div class="bubble"{_spoken(lang)}>{_paragraphs(text)}</div>'


def _spoken(lang: Lang) -> str:
    """Another language than the page's: read aloud in it, and written from its side."""
    side = ' dir="rtl"' if lang in RIGHT_TO_LEFT else ""
    return "" if lang is Lang.DA else f' lang="{lang.value}"{side}'


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_link(line)}</p>" for line in text.split("\n") if line.strip())


def _link(text: str) -> str:
    return NUMBERS.sub(
        lambda number: f'<a href="tel:{number[0].replace(" ", "")}" dir="ltr">{number[0]}</a>',
        escape(text),
    )


def _reply(reply: Reply, turn: int) -> str:
    cards = "".join(_cards(reply.services))
    buttons = "".join(
        f'<button type="submit" dir="auto" name="press" value="{turn} {escape(button.payload)}">'
        f"{escape(button.title)}</button>"
        for button in reply.buttons
    )
    return (
        (_note(reply.text, reply.note) if reply.note else _bubble(reply.text, reply.lang))
        + (f'<div class="cards">{cards}</div>' if cards else "")
        + (f'<div class="choices">{buttons}</div>' if buttons else "")
    )


def _note(title: str, note: Note) -> str:
    """A page to print: the style sheet leaves everything else off the paper."""
    return (
        f'<div class="bubble"><p>{_link(note.about)}</p><p>{_WORDS["print"]}</p></div>'
        f'<article class="keepsake"><h2>{escape(title)}</h2>'
        f"{''.join(_paragraphs(part.text) for part in note.parts)}</article>"
    )


def _cards(services: tuple[ServiceCard, ...]) -> Iterable[str]:
    """The first open ones spread out, the others one press away."""
    spread = [service for service in services if service.open_now][:SPREAD_OUT] or services[:1]
    return (_card(service, spread=service in spread) for service in services)


def _card(service: ServiceCard, *, spread: bool) -> str:
    state = {True: "open", False: "closed", None: "unknown"}[service.open_now]
    caution = f'<p class="caution">{escape(service.caution)}</p>' if service.caution else ""
    limits = "".join(f'<p class="limit">{escape(limit)}</p>' for limit in service.limits)
    return (
        f'<details class="card"{" open" if spread else ""}>'
        f"<summary><h2>{escape(service.name)}</h2>"
        f'<p class="opening {state}">{escape(service.opening)}</p></summary>'
        f"<p>{escape(service.what)}</p>"
        f'<div class="ways">{"".join(_ways(service))}</div>'
        f'{caution}<p class="anonymity">{escape(service.anonymity)}</p>{limits}</details>'
    )


def _ways(service: ServiceCard) -> Iterable[str]:
    if service.phone:
        shown = service.phone_shown or service.phone
        yield _way(f"tel:{_dialable(service.phone)}", _WORDS["call"].format(shown), "call")
    if service.sms:
        same = service.sms == service.phone
        words = _WORDS["sms" if same else "sms_to"].format(service.sms_shown or service.sms)
        yield _way(f"sms:{_dialable(service.sms)}", words, "sms")
    for kind, address in (("chat", service.chat), ("web", service.web)):
        if address and urlsplit(address).scheme == "https":
            yield _way(address, _WORDS[kind], kind)


def _way(address: str, words: str, kind: str) -> str:
    away = ' target="_blank" rel="noopener noreferrer"' if address.startswith("https") else ""
    return f'<a class="way {kind}" href="{escape(address)}"{away}>{escape(words)}</a>'


def _dialable(number: str) -> str:
    return re.sub(r"[^+\d]", "", number)
