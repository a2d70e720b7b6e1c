"""Whether this content may reach visitors, and what is said while it is only tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.domain.content import Content
from bot.domain.errors import StartupError
from bot.domain.meeting import find_must_be_read
from bot.domain.review import find_drafts
from bot.settings import Release, Settings, Unreviewed

TRIAL = "Prøveversion: fagfolk har ikke læst teksterne endnu."
"""Said wherever texts are shown that no professional has read."""
NAMED = 5
"""Texts that a message names; `betro texts list` names all."""
Place = tuple[str, int]


def is_trial(content: Content) -> bool:
    """Whether a text is shown that no professional has read, whatever the release is called."""
    return any(True for _ in find_drafts(content))


def expect_reviewed(settings: Settings, content: Content) -> None:
    """Raises ``StartupError`` when production must not start with these texts."""
    problem = find_problem(settings, content)
    if problem:
        said, mend = problem
        raise StartupError(f"BETRO_RELEASE=production: {said} {mend}")


def find_problem(settings: Settings, content: Content) -> tuple[str, str] | None:
    """What keeps production from starting, and how it is mended; None: nothing does."""
    if settings.release is Release.TRIAL:
        return None
    drafts = list(find_drafts(content))
    if not drafts:
        return None
    must = find_must_be_read(content)
    grave = [place for place in drafts if place in must]
    others = [place for place in drafts if place not in must]
    if not grave and settings.unreviewed_texts is Unreviewed.ALLOW:
        return None
    return " ".join(_say(grave, others, settings)), MEND


MEND = (
    "Let professionals read them: `betro texts export --to FOLDER`, then `betro texts import`. "
    "`betro texts list --state draft` names them all. Until then: BETRO_RELEASE=trial."
)


def _say(grave: list[Place], others: list[Place], settings: Settings) -> Iterator[str]:
    yield f"{len(grave) + len(others)} texts were read by no professional."
    if grave:
        yield (
            f"{len(grave)} of them can meet someone in danger, someone young or someone with "
            f"thoughts of suicide, and are refused without exception: {_names(grave)}."
        )
    if others and settings.unreviewed_texts is Unreviewed.REFUSE:
        yield (
            f"{len(others)} others are refused unless BETRO_UNREVIEWED_TEXTS=allow: "
            f"{_names(others)}."
        )


def _names(places: Iterable[Place]) -> str:
    names = [f"{name}.{index}" for name, index in places]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
