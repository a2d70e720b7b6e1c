"""Whoever reads English is never left with Danish."""

from bot.domain.lint_languages import check_translated


def test_every_text_is_there_in_english_and_bound_to_the_danish_of_today(library):
    """A translation whose Danish words changed is not used, and so counts as missing."""
    assert [str(issue) for issue in check_translated(library.content)] == []
