"""The checks of `betro doctor` on Telegram: is the token valid, do its messages reach us?"""

from __future__ import annotations

from aiogram.exceptions import TelegramNotFound, TelegramUnauthorizedError
from aiogram.methods import GetMe, GetWebhookInfo
from aiogram.types import WebhookInfo

from bot.channels.telegram.access import Access
from bot.channels.telegram.channel import make_bot, silence_library
from bot.commands.finding import Finding, Level, ok

PART = "telegram"
CALL_SECONDS = 5
MANY_WAITING = 100


async def ask_telegram(access: Access) -> list[Finding]:
    silence_library()
    bot = make_bot(access)
    try:
        await bot(GetMe(), request_timeout=CALL_SECONDS)
        info = await bot(GetWebhookInfo(), request_timeout=CALL_SECONDS)
    except (TelegramUnauthorizedError, TelegramNotFound):
        mend = "Ask @BotFather for the bot's token and set it anew."
        said = "Telegram refuses the token of BETRO_TELEGRAM_TOKEN."
        return [Finding(PART, Level.ERROR, said, mend)]
    except Exception as error:  # noqa: BLE001 - the library's own words hold the token
        said = f"{access.api} does not answer ({type(error).__name__})."
        mend = "Check the network from here, or BETRO_TELEGRAM_API."
        return [Finding(PART, Level.ERROR, said, mend)]
    finally:
        await bot.session.close()
    return [ok(PART, "the token is valid"), *_check_way(access, info), *_check_queue(info)]


def _check_way(access: Access, info: WebhookInfo) -> list[Finding]:
    """Whether Telegram delivers in the way that is set; `betro run` sees to it at start."""
    if info.url == (access.webhook or ""):
        way = "the webhook is set" if info.url else "no webhook is set, as long polling needs it"
        return [ok(PART, way)]
    said = (
        "Telegram knows another webhook than BETRO_TELEGRAM_WEBHOOK."
        if access.webhook and info.url
        else "the webhook of BETRO_TELEGRAM_WEBHOOK is not set at Telegram."
        if access.webhook
        else "a webhook is set at Telegram, so long polling hears nothing."
    )
    return [Finding(PART, Level.WARNING, said, "`betro run` sets it right when it starts.")]


def _check_queue(info: WebhookInfo) -> list[Finding]:
    findings = []
    if info.url and info.last_error_message:
        said = f"Telegram could not deliver: {info.last_error_message}"
        mend = "Check that the address of BETRO_TELEGRAM_WEBHOOK leads to Betro's page."
        findings.append(Finding(PART, Level.WARNING, said, mend))
    if info.pending_update_count > MANY_WAITING:
        said = f"{info.pending_update_count} messages wait at Telegram."
        mend = "See that `betro run` is running and says 'telegram ready'."
        findings.append(Finding(PART, Level.WARNING, said, mend))
    return findings
