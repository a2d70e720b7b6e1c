"""A document per audience for practitioners: every text as it is read, with a form below each.

One HTML file that needs nothing else: no network, no other file, no program but a browser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from pathlib import Path
from string import Template

from bot.adapters.guide import DirectoryGuide
from bot.adapters.review_words import Plainly, Rests, say_recheck, say_state
from bot.adapters.system_clock import COPENHAGEN
from bot.adapters.text_files import TextFiles
from bot.app.rendering import ERASED, PLACEHOLDER
from bot.domain.audience_texts import ENGINE, Section, texts_for
from bot.domain.content import Content
from bot.domain.directory import Directory
from bot.domain.flow import Text
from bot.domain.review import DANISH, DRAFT, hash_words, languages_of, name_condition, words_of
from bot.domain.taxonomy import Audience

TEMPLATE = Path(__file__).parent / "review_page.html"
SCRIPT = Path(__file__).parent / "review_page.js"
SAMPLE = "0751"
"""Aarhus, where a text names a municipality and how to reach it."""
OFFICE_HOURS = datetime(2026, 11, 24, 10, tzinfo=COPENHAGEN)
LANGUAGES = {
    "da": "Dansk",
    "en": "Engelsk",
    "ar": "Arabisk",
    "de": "Tysk",
    "kl": "Grønlandsk",
    "pl": "Polsk",
    "so": "Somali",
    "tr": "Tyrkisk",
    "uk": "Ukrainsk",
}
RIGHT_TO_LEFT = frozenset({"ar"})


@dataclass(frozen=True)
class Reviewing:
    """Makes the documents of one folder of content."""

    content: Content
    directory: Directory
    content_dir: Path
    today: date

    def audience_name(self, audience: Audience) -> str:
        return self._plainly.name("audience", audience.value)

    @property
    def _plainly(self) -> Plainly:
        return Plainly(self.content, self.directory, self.content_dir)

    def document(self, audience: Audience) -> str:
        """The HTML of one audience's document."""
        sections = texts_for(self.content, audience)
        writing = _Writing(
            self, self._plainly, TextFiles(self.content_dir), self._values(), self.today
        )
        return Template(TEMPLATE.read_text("utf-8")).substitute(
            audience=escape(audience.value),
            audience_name=escape(self.audience_name(audience)),
            exported=self.today.isoformat(),
            count=sum(len(section.texts) for section in sections),
            sections="\n".join(
                [*(writing.section(section) for section in sections), self._topics(audience)]
            ),
            script=SCRIPT.read_text("utf-8"),
        )

    def _topics(self, audience: Audience) -> str:
        """The names of the menu's topics: no texts of their own, so they are not signed off."""
        titles = [t.title for t in self.content.topics.values() if t.is_offered_to(audience)]
        if not titles:
            return ""
        items = "".join(f"<li>{escape(title)}</li>" for title in titles)
        return f"<section>\n<h2>Emner i menuen</h2>\n<ul>{items}</ul>\n</section>"

    def index(self, audiences: Iterable[Audience]) -> str:
        """A page that leads to the documents and says how far each has come."""
        rows = "\n".join(
            f'<li><a href="{escape(audience.value)}.html">{escape(self.audience_name(audience))}'
            f"</a>: {escape(self._progress(audience))}</li>"
            for audience in audiences
        )
        return (
            '<!doctype html>\n<html lang="da"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            "<title>Betros tekster til gennemlæsning</title></head>\n<body>\n"
            "<h1>Betros tekster til gennemlæsning</h1>\n"
            f"<p>Ét dokument for hver gruppe. Udskrevet {self.today.isoformat()}.</p>\n"
            f"<ul>\n{rows}\n</ul>\n</body></html>\n"
        )

    def _progress(self, audience: Audience) -> str:
        found = [ref for section in texts_for(self.content, audience) for ref in section.texts]
        texts = [self.content.responses[name][index] for name, index in found]
        read = sum(text.metadata.review != DRAFT for text in texts)
        return f"{len(texts)} tekster, {read} læst af en fagperson"

    def _values(self) -> Mapping[str, str]:
        """What the placeholders may become; the municipality is an example."""
        guide = DirectoryGuide(self.directory)
        contact = guide.describe_municipality(SAMPLE, OFFICE_HOURS)
        numbers = {
            f"phone.{service.id}": guide.show_phone(service)
            for service in self.directory.services.values()
            if service.phone
        }
        return numbers | {
            "erased": ERASED,
            "page": "hjemmesiden",
            "municipality": contact.name,
            "municipality_contact": contact.text,
        }


@dataclass(frozen=True)
class _Writing:
    reviewing: Reviewing
    plainly: Plainly
    files: TextFiles
    values: Mapping[str, str]
    today: date

    def section(self, section: Section) -> str:
        content = self.reviewing.content
        graph = content.flows.get(section.flow)
        name = graph.flow.name if graph else None
        title = "Det, robotten selv siger" if section.flow == ENGINE else name or section.flow
        articles = "\n".join(self._article(*each) for each in section.texts)
        return (
            f"<section>\n<h2>{escape(title[:1].upper() + title[1:])}</h2>\n{articles}\n</section>"
        )

    def _article(self, name: str, index: int) -> str:
        variants = self.reviewing.content.responses[name]
        text = variants[index]
        heading = f"{escape(name)}.{index}"
        return (
            f'<article id="{heading}">\n<h3>{self._heading(text, index, len(variants))} '
            f"<code>{heading}</code></h3>\n"
            + "".join(self._shown(text, lang) for lang in languages_of(text))
            + f"<dl>\n{''.join(self._facts(name, text, index))}</dl>\n"
            + self._form(name, text, index)
            + "</article>"
        )

    def _heading(self, text: Text, index: int, count: int) -> str:
        when = self.plainly.when(text, index=index)
        said = "; ".join(when) if when else "altid"
        return f"Siges {escape(said)}" if count == 1 or not when else f"Siges, når {escape(said)}"

    def _shown(self, text: Text, lang: str) -> str:
        said, *titles = words_of(text, lang)
        if not said and not any(titles):
            return ""
        rtl = ' dir="rtl"' if lang in RIGHT_TO_LEFT else ""
        label = "" if lang == DANISH else f'<p class="soft">{_language(lang)}</p>'
        lines = "".join(
            f"<p>{escape(self._filled(line))}</p>" for line in said.split("\n") if line.strip()
        )
        choices = "".join(
            f'<span class="choice">{escape(title)}</span>' for title in titles if title
        )
        return f'{label}<div class="bubble" lang="{escape(lang)}"{rtl}>{lines}{choices}</div>\n'

    def _filled(self, line: str) -> str:
        return PLACEHOLDER.sub(lambda found: self.values.get(found[1], found[0]), line)

    def _facts(self, name: str, text: Text, index: int) -> Iterator[str]:
        yield _fact("Bygger på", _listed(self.plainly.rests_on(text.metadata)))
        yield _fact("Læsbarhed", escape(self.plainly.reads(text)))
        state = escape(say_state(text.metadata))
        is_draft = text.metadata.review == DRAFT
        yield _fact("Status", f'<span class="must">{state}</span>' if is_draft else state)
        yield _fact(
            "Ses på igen", escape(say_recheck(self.files.recheck_by(name, index), self.today))
        )

    def _form(self, name: str, text: Text, index: int) -> str:
        wordings = "".join(
            self._wording(lang, words_of(text, lang)[0])
            for lang in languages_of(text)
            if lang == DANISH or lang in text.translation
        )
        return (
            f'<fieldset class="answer" data-text="{escape(name)}" data-variant="{index}" '
            f'data-condition="{escape(name_condition(text))}" data-hash="{hash_words(text)}">\n'
            "<legend>Dit svar</legend>\n"
            '<label class="tick"><input type="checkbox" name="approved"> '
            "Godkendt, som den står</label>\n"
            '<div class="pair"><label>Rolle <input type="text" name="by" maxlength="80" '
            'autocomplete="off"></label>\n'
            '<label>Dato <input type="date" name="on"></label></div>\n'
            f"{wordings}"
            '<label>Kommentar <textarea name="comment" rows="1"></textarea></label>\n'
            "</fieldset>\n"
        )

    @staticmethod
    def _wording(lang: str, now: str) -> str:
        language = "" if lang == DANISH else f" ({_language(lang)})"
        return (
            f"<label>Forslag til andre ord{language} "
            f'<textarea data-lang="{escape(lang)}" data-now="{escape(now)}" rows="2">'
            "</textarea></label>\n"
            f'<button type="button" class="light screen" data-fill="{escape(lang)}">'
            f"Ret i teksten{language}</button>\n"
        )


def _language(lang: str) -> str:
    return escape(LANGUAGES.get(lang, lang))


def _fact(name: str, value: str) -> str:
    return f"<dt>{name}</dt><dd>{value}</dd>\n"


def _listed(sources: list[Rests]) -> str:
    if not sources:
        return '<span class="must">Ingen kilde</span>'
    return "<ul>" + "".join(f"<li>{_linked(each)}</li>" for each in sources) + "</ul>"


def _linked(source: Rests) -> str:
    if source.web and source.web.startswith(("http://", "https://")) and "…" not in source.web:
        return (
            f'<a href="{escape(source.web)}" rel="noopener noreferrer">{escape(source.title)}</a>'
        )
    return escape(source.title)
