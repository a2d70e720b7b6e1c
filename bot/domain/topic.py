"""Topics: doors by name. A topic is a flow that a visitor may ask for, run as an aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from bot.domain.flow import Id, Strict
from bot.domain.state import State
from bot.domain.taxonomy import Audience

PAGE = 3
SHORT_PAGE = 2
"""Topics shown at a time; with 'Flere emner' below, children and easy readers get three buttons."""
LONGEST_TITLE = 30
"""Letters of a topic's button."""
AT_RISK = frozenset({Audience.ADULT_VIOLENCE.value, Audience.ADULT_SEXUAL.value})


class Topic(Strict):
    """``serves``: whose menu shows it (empty: everyone's). ``words``: whole messages that mean it.

    The title means it too, written as words.
    """

    title: Annotated[str, Field(min_length=1)]
    serves: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def fits(self, audience: Audience) -> bool:
        """Whether it may be run for this visitor; whoever is not known yet may ask for anything."""
        return not self.serves or audience is Audience.UNKNOWN or audience.value in self.serves

    def is_offered_to(self, audience: Audience) -> bool:
        """Whether the menu shows it: not what is for adults at risk, to one who may be a child."""
        is_known = audience is not Audience.UNKNOWN
        return self.fits(audience) and (is_known or AT_RISK.isdisjoint(self.serves))


class TopicFile(Strict):
    topics: dict[Id, Topic]


def menu_page(
    topics: Mapping[str, Topic], state: State, number: int
) -> tuple[tuple[str, ...], bool]:
    """The ids on one page of the visitor's menu, from 1, and whether another page follows."""
    size = SHORT_PAGE if state.reader in ("child", "easy") else PAGE
    mine = [name for name, topic in topics.items() if topic.is_offered_to(state.audience)]
    begin = (number - 1) * size
    return tuple(mine[begin : begin + size]), len(mine) > begin + size


def page_numbers(topics: Mapping[str, Topic]) -> Iterator[int]:
    """Every page that a menu may have after its first."""
    return iter(range(2, max(2, -(-len(topics) // SHORT_PAGE) + 1)))
