"""Languages beside the content: what tells them, and translations bound to their Danish words.

A translation holds for every variant of its response that has the same Danish words. When these
change, nothing has its mark any more: it is stale, and the visitor reads the new Danish words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.adapters.content_models import read_file
from bot.adapters.yaml_lines import line_of
from bot.domain.answers import normalise
from bot.domain.flow import AnswerFile, Answers, Language, LanguageFile, Text, TranslationFile
from bot.domain.flow import Translation as Words
from bot.domain.issue import Issue, Severity
from bot.domain.language import Known, Lang, Languages, mark_of

Texts = dict[str, tuple[Text, ...]]
STALE = "the Danish words were changed since, so visitors read them in Danish"


def read_languages(
    path: Path, answers: AnswerFile | None, issues: list[Issue]
) -> tuple[AnswerFile | None, Languages]:
    """The languages, and the answers with their words among them; none where there is no file."""
    if not path.is_file() or answers is None:
        return answers, Languages()
    file = read_file(path, LanguageFile)
    if isinstance(file, list):
        issues += file
        return answers, Languages()
    for language in file.languages.values():
        answers = _with_words(answers, language)
    known = {
        lang: Known(
            name=language.name,
            words=tuple(normalise(words) for words in language.words),
            phrases=tuple(normalise(words) for words in language.phrases),
            marks=frozenset(normalise(words) for words in language.marks),
        )
        for lang, language in file.languages.items()
    }
    return answers, Languages(frozenset(normalise(word) for word in file.danish), known)


def _with_words(answers: AnswerFile, language: Language) -> AnswerFile:
    """Its words for commands, and for each value wherever a slot has words for that value."""
    taken = {normalise(words) for known in answers.commands.values() for words in known}
    commands = {
        name: (*known, *_free(language.commands.get(name, ()), taken))
        for name, known in answers.commands.items()
    }
    slots = {slot: _slot_with_words(each, language) for slot, each in answers.answers.items()}
    return AnswerFile(commands=commands, answers=slots)


def _slot_with_words(answers: Answers, language: Language) -> Answers:
    taken = {normalise(words) for known in answers.values.values() for words in known}
    values = {
        value: (*known, *_free(language.answers.get(value, ()), taken))
        for value, known in answers.values.items()
    }
    return answers.model_copy(update={"values": values})


def _free(words: tuple[str, ...], taken: set[str]) -> tuple[str, ...]:
    """What means nothing else yet: the words of answers.yml come first."""
    return tuple(each for each in words if normalise(each) not in taken)


def translate(texts: Texts, folder: Path, issues: list[Issue]) -> Texts:
    """The texts with the translations of ``folder/<language>/*.yml`` in them."""
    for lang in Lang:
        for path in sorted((folder / lang.value).glob("*.yml")):
            file = read_file(path, TranslationFile)
            if isinstance(file, list):
                issues += file
                continue
            for name, translations in file.responses.items():
                at = _At(path, name)
                if name not in texts:
                    issues.append(
                        at.issue(None, "there is no such text", "Remove it.", Severity.WARNING)
                    )
                    continue
                issues += _problems(texts[name], translations, at)
                by_mark = {each.of: each for each in translations}
                texts[name] = tuple(_translated(text, lang, by_mark) for text in texts[name])
    return texts


class _At:
    def __init__(self, path: Path, name: str) -> None:
        self._path, self._name = path, name

    def issue(
        self, index: int | None, problem: str, mend: str, severity: Severity = Severity.ERROR
    ) -> Issue:
        place: list[str | int] = ["responses", self._name]
        at = self._name if index is None else f"{self._name}.{index}"
        if index is not None:
            place.append(index)
        return Issue(self._path, at, problem, mend, severity, line_of(self._path, place))


def _problems(texts: tuple[Text, ...], translations: tuple[Words, ...], at: _At) -> Iterator[Issue]:
    originals = {mark(text): text for text in texts}
    seen: set[str] = set()
    for index, words in enumerate(translations):
        original = originals.get(words.of)
        if words.of in seen:
            yield at.issue(index, f"'{words.of}' is translated twice", "Remove one of them.")
        elif original is None:
            mend = "`betro translations` shows the words as they are now: translate them anew."
            yield at.issue(index, STALE, mend, Severity.WARNING)
        elif len(words.buttons) != len(original.buttons):
            count = len(original.buttons)
            yield at.issue(index, f"the Danish text has {count} buttons", "Name each of them.")
        seen.add(words.of)


def _translated(text: Text, lang: Lang, by_mark: Mapping[str, Words]) -> Text:
    words = by_mark.get(mark(text))
    if words is None or len(words.buttons) != len(text.buttons):
        return text
    buttons = tuple(
        button.model_copy(update={"translation": {**button.translation, lang.value: title}})
        for button, title in zip(text.buttons, words.buttons, strict=True)
    )
    translation = {**text.translation, lang.value: words.text}
    return text.model_copy(update={"translation": translation, "buttons": buttons})


def mark(text: Text) -> str:
    """What a translation of this text names as ``of``."""
    return mark_of(text.text, (button.title for button in text.buttons))
