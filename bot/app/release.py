"""Whether this content may reach visitors, and what is said while it is only tried."""

from __future__ import annotations

from collections.abc import Iterable

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
    if settings.unreviewed_texts is Unreviewed.ALLOW and drafts:
        must = find_must_be_read(content)
        drafts = [place for place in drafts if place in must]
        return (f"{_count(drafts)} {GRAVE}: {_names(drafts)}.", MEND) if drafts else None
    if not drafts:
        return None
    # Which of them nothing allows is not asked here: every state would have to be walked again.
    return f"{_count(drafts)}: {_names(drafts)}. {ALLOWED}", MEND


GRAVE = (
    "that can meet someone in danger, someone young or someone with thoughts of suicide, and are "
    "refused without exception"
)
ALLOWED = (
    "BETRO_UNREVIEWED_TEXTS=allow lets through those that neither danger, the young nor thoughts "
    "of suicide can meet, and no others; `betro texts list --blocking` names the others."
)
MEND = (
    "Let professionals read them: `betro texts export --to FOLDER`, then `betro texts import`. "
    "`betro texts list --state draft` names them all. Until then: BETRO_RELEASE=trial."
)


def _count(places: list[Place]) -> str:
    return f"{len(places)} texts that no professional has read"


def _names(places: Iterable[Place]) -> str:
    names = [f"{name}.{index}" for name, index in places]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
