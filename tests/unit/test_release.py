"""Production does not start with unread texts; a trial says that they are unread."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.app.release import TRIAL, expect_reviewed, find_problem, is_trial
from bot.bootstrap import Library, build_app
from bot.domain.errors import StartupError
from bot.domain.review import hash_words
from bot.settings import Settings

FOR_GROWN_UPS = ("utter_worried_start", 0)
FOR_ANYONE = ("utter_acute", 0)


def reading(text, review):
    read = {"review": review, "reviewed_by": "psykolog", "reviewed_on": "2026-11-20"}
    read["reviewed_text"] = hash_words(text)
    return text.model_copy(update={"metadata": text.metadata.model_copy(update=read)})


@pytest.fixture(scope="module")
def all_read_but(library):
    """The real content with every text read, but for some."""

    def make(*drafts):
        responses = {
            name: tuple(
                text if (name, index) in drafts else reading(text, "reviewed")
                for index, text in enumerate(variants)
            )
            for name, variants in library.content.responses.items()
        }
        return replace_responses(library.content, responses)

    return make


def replace_responses(content, responses):
    kept = {
        "flows": content.flows,
        "slots": content.slots,
        "answers": content.answers,
        "commands": content.commands,
    }
    more = {name: getattr(content, name) for name in ("notes", "topics") if hasattr(content, name)}
    return type(content)(responses=responses, **kept, **more)


def settings(**given):
    return Settings.model_validate({"release": "production"} | given)


def test_a_trial_starts_with_unread_texts_and_says_so(library):
    assert find_problem(Settings(), library.content) is None
    assert is_trial(library.content)
    assert TRIAL == "Prøveversion: fagfolk har ikke læst teksterne endnu."


def test_production_starts_when_every_text_is_read(all_read_but):
    content = all_read_but()

    expect_reviewed(settings(), content)

    assert not is_trial(content)


def test_a_text_that_danger_can_meet_is_refused_whatever_is_set(all_read_but):
    content = all_read_but(FOR_ANYONE)

    for unreviewed in ("refuse", "allow"):
        with pytest.raises(StartupError, match="1 texts that no professional has read") as caught:
            expect_reviewed(settings(unreviewed_texts=unreviewed), content)
        assert ": utter_acute.0." in str(caught.value)
        assert ("refused without exception" in str(caught.value)) is (unreviewed == "allow")
        assert "betro texts export" in str(caught.value)
        assert "BETRO_RELEASE=trial" in str(caught.value)


def test_another_text_is_refused_unless_it_is_allowed(all_read_but):
    content = all_read_but(FOR_GROWN_UPS)

    with pytest.raises(StartupError) as caught:
        expect_reviewed(settings(), content)
    assert ": utter_worried_start.0. BETRO_UNREVIEWED_TEXTS=allow lets through" in str(caught.value)

    expect_reviewed(settings(unreviewed_texts="allow"), content)
    assert is_trial(content)  # the banner stays as long as a text is unread


async def test_nothing_is_built_for_visitors_from_unread_texts(library, tmp_path):
    with pytest.raises(StartupError, match="BETRO_RELEASE=production"):
        async with build_app(settings(run_dir=tmp_path), library, nlu=None):
            pytest.fail("it started")


def test_the_library_knows_whether_it_is_only_tried(library, all_read_but):
    assert library.is_trial
    assert not replace(library, content=all_read_but()).is_trial
    assert isinstance(library, Library)
