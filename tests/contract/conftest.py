"""The real NLU for the contract tests, trained and started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.nlu_process import NluServer, nlu_server, train


@pytest.fixture(scope="session")
def nlu_trained() -> None:
    """A model of the present data, configuration and code lies in nlu/models."""
    train()


@pytest.fixture(scope="session")
def real_nlu(nlu_trained) -> Iterator[NluServer]:
    """One server for all tests that do not end or break it."""
    with nlu_server() as server:
        yield server
