"""What the law and the Convention on the Rights of the Child say, in words for visitors."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from bot.domain.provenance import Danish, Fact, Strict, Text


class LawText(Strict):
    """One rule. ``says`` is plain Danish; ``quote`` the exact wording, where it was seen.

    ``child`` says the same in short words, where children are told of it.
    ``cite`` is how the rule is named (``barnets lov § 135``), never its consolidation number.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    cite: Text
    says: Danish
    child: Danish | None = None
    quote: Danish | None = None
    fact: Fact
