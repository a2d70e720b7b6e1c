"""The page for practitioners, opened from a file as they open it: read, answered, saved."""

from __future__ import annotations

import json

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from bot.adapters.review_answers import read_answers
from bot.commands.texts import app
from bot.settings import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    folder = tmp_path_factory.mktemp("review")
    words = ["export", "--to", str(folder), "--audience", "child_self", "--content", str(ROOT)]
    assert CliRunner().invoke(app, words).exit_code == 0
    return folder / "child_self.html"


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser, document):
    context = await browser.new_context(accept_downloads=True, offline=True)
    page = await context.new_page()
    page.set_default_timeout(8_000)
    page.troubles, page.asked = [], []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    await page.goto(document.as_uri())
    yield page
    assert page.troubles == []
    assert {url.split(":")[0] for url in page.asked} <= {"file", "blob"}
    await context.close()


async def save(page, folder):
    async with page.expect_download() as started:
        await page.click("#save")
    path = folder / "answers.json"
    await (await started.value).save_as(path)
    return path


async def test_answers_are_saved_as_a_file_that_import_reads(page, tmp_path):
    await page.fill("#role", "psykolog i børnehus")
    await page.fill("#date", "2026-11-20")
    answers = page.locator("fieldset.answer")
    await answers.nth(0).locator("[name=approved]").check()
    await answers.nth(1).locator("button[data-fill=da]").click()
    box = answers.nth(1).locator("textarea[data-lang=da]")
    assert "112" in await box.input_value()
    await box.fill("Ring 112 nu.\nVent på hjælpen.")
    await answers.nth(2).locator("[name=comment]").fill("Hvad er »æres«?")
    await answers.nth(3).locator("[name=approved]").check()
    await answers.nth(3).locator("[name=by]").fill("børnesagkyndig jurist")

    path = await save(page, tmp_path)

    signed, reworded, asked, other = read_answers(path).answers
    assert (signed.approved, signed.by, signed.on) == (True, "psykolog i børnehus", "2026-11-20")
    assert reworded.wording == {"da": "Ring 112 nu.\nVent på hjælpen."}
    assert (reworded.approved, asked.comment) == (False, "Hvad er »æres«?")
    assert other.by == "børnesagkyndig jurist"
    assert json.loads(path.read_text("utf-8"))["audience"] == "child_self"
    assert "2 af" in await page.text_content("#status")


async def test_nothing_is_saved_without_a_role_or_both_signed_and_reworded(page):
    first = page.locator("fieldset.answer").first
    await first.locator("[name=approved]").check()
    await page.click("#save")
    assert "Skriv din rolle" in await page.text_content("#status")

    await page.fill("#role", "psykolog")
    await first.locator("textarea[data-lang=da]").fill("Andet.")
    await page.click("#save")
    assert "fjern en af dem" in await page.text_content("#status")
    await first.locator("textarea[data-lang=da]").fill("")
    await first.locator("[name=approved]").uncheck()


async def test_saved_answers_can_be_taken_up_again(page, browser, document, tmp_path):
    await page.fill("#role", "psykolog")
    first = page.locator("fieldset.answer").first
    await first.locator("[name=approved]").check()
    path = await save(page, tmp_path)
    await page.reload()
    assert not await page.locator("fieldset.answer").first.locator("[name=approved]").is_checked()

    await page.set_input_files("#file", str(path))

    await page.wait_for_function(
        "document.querySelector('fieldset.answer [name=approved]').checked"
    )
    assert (
        await page.locator("fieldset.answer").first.locator("[name=by]").input_value() == "psykolog"
    )


async def test_it_prints_without_its_buttons(page):
    await page.emulate_media(media="print")

    assert not await page.is_visible("#save")
    assert await page.locator("fieldset.answer").first.is_visible()
