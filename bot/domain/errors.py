"""The error tree. Every message says what, where and how to mend; none quotes a visitor.

BetroError
├── ContentError        flows, texts, rules or resources cannot be used (carries the issues)
├── SettingsError       a setting is missing or wrong
├── ReviewUnreadable    a file of a practitioner's answers cannot be used
├── StartupError        a part could not be started (port busy, disk full, ...)
├── PartEnded           a program that a command works with ended by itself
├── NluUnavailable      no valid answer in time; callers go on with safety net and menus
├── StoreUnavailable    sessions cannot be read or written
├── StateUnreadable     a stored state is of another schema or names removed content
└── FlowLoopError       a flow ran on without asking; lint makes this unreachable
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.issue import Issue


class BetroError(Exception):
    """Base of every error Betro raises on purpose."""


class ContentError(BetroError):
    """Content cannot be used. Raised at start-up and in CI, never mid-conversation."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        count = len(self.issues)
        super().__init__(
            f"{count} problem{'s' if count != 1 else ''} in the content:\n"
            + "\n".join(f"  {issue}" for issue in self.issues)
        )


class SettingsError(BetroError):
    """A setting is missing or wrong; the message names the variable."""


class ReviewUnreadable(BetroError):
    """A file of a practitioner's answers cannot be used; the message says why."""


class StartupError(BetroError):
    """A part could not be started; the message says what to do about it."""


class PartEnded(BetroError):
    """A program that a command works with ended by itself; the message tells its last words."""


class NluUnavailable(BetroError):
    """The NLU gave no valid answer in time."""


class StoreUnavailable(BetroError):
    """The session store did not answer."""


class StateUnreadable(BetroError):
    """A stored state cannot be read with this version of the code or content."""


class FlowLoopError(BetroError):
    """A flow took more steps in one turn than allowed."""
