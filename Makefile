# Betro's commands. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BOT_READY := .venv/.ready
NLU_READY := nlu/.venv/.ready
ENCODER_READY := nlu/encoder/.venv/.ready
BETRO := .venv/bin/betro

.PHONY: help run test check bench train evaluate yardstick encoder setup lock clean chromium deploy-tools

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## set up what is missing, then start Betro on http://127.0.0.1:8080
	@exec $(BETRO) run

test: setup chromium deploy-tools train ## set up what is missing, then run every test
	@.venv/bin/python -m pytest

check: $(BOT_READY) ## format, lint, types, import contracts, content, training messages
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	$(BETRO) flows check
	$(BETRO) resources check
	.venv/bin/python nlu/training_data.py
	.venv/bin/python -m pytest -q tests/contract/test_nlu_data.py

bench: setup train ## measure everything into .run/bench: a table, JSON, a picture (ARGS="--rounds 10")
	@.venv/bin/python -m tests.bench $(ARGS)

train: $(NLU_READY) ## train the understanding into nlu/models, if its data changed
	@nlu/.venv/bin/python nlu/train.py

evaluate: setup train ## measure how well Betro understands, into .run/evaluation (ARGS="--yardsticks DIR")
	@nlu/.venv/bin/python nlu/evaluate.py $(ARGS)

yardstick: setup ## hold the pipeline against outside data (YARDSTICKS=DIR)
	@[ -n "$(YARDSTICKS)" ] || { echo "betro: Which yardsticks? make yardstick YARDSTICKS=DIR" >&2; exit 1; }
	@nlu/.venv/bin/python nlu/yardstick.py "$(YARDSTICKS)"

encoder: $(NLU_READY) $(ENCODER_READY) ## tune the sentence encoder anew (half an hour; nothing else needs it)
	@nlu/encoder/.venv/bin/python nlu/encoder/tune.py $(ARGS)

setup: $(BOT_READY) $(NLU_READY) ## make both Python environments from their locks

$(BOT_READY): requirements.lock pyproject.toml
	@deploy/environment.sh .venv requirements.lock --with-betro

$(NLU_READY): nlu/requirements.lock
	@deploy/environment.sh nlu/.venv nlu/requirements.lock

$(ENCODER_READY): nlu/encoder/requirements.lock
	@deploy/environment.sh nlu/encoder/.venv nlu/encoder/requirements.lock

chromium: # the browser tests drive the system's own Chromium
	@command -v chromium chromium-browser google-chrome >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "==> installing Chromium for the browser tests"; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || \
	        { echo "betro: Chromium could not be installed. Install it yourself and run 'make test' again." >&2; exit 1; }; \
	else \
	    echo "betro: The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium) and run 'make test' again." >&2; exit 1; \
	fi

deploy-tools: # tests/deploy holds deploy/ against the real programs
	@missing=""; \
	for each in caddy:caddy systemd-analyze:systemd shellcheck:shellcheck openssl:openssl; do \
	    command -v "$${each%:*}" >/dev/null || missing="$$missing $${each#*:}"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "==> installing$$missing for the tests of deploy/"; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } || \
	        { echo "betro:$$missing could not be installed; the tests that need them are skipped." >&2; exit 0; }; \
	    case "$$missing" in *caddy*) systemctl disable --now caddy >/dev/null 2>&1 || true ;; esac; \
	else \
	    echo "betro: The tests of deploy/ need$$missing; without them they are skipped (Debian: sudo apt-get install$$missing)." >&2; \
	fi

lock: ## pin both environments anew, newest versions that fit
	@command -v uv >/dev/null || { echo "betro: 'make lock' needs uv on the PATH." >&2; exit 1; }
	uv pip compile pyproject.toml --group dev --universal --upgrade --quiet --no-header \
	    --python-version 3.11 --generate-hashes --output-file requirements.lock
	@# The bot's image gets no tools: the same versions, without the dev group.
	uv pip compile pyproject.toml --universal --quiet --no-header --no-annotate \
	    --constraints requirements.lock \
	    --python-version 3.11 --generate-hashes --output-file deploy/requirements.lock
	for each in nlu nlu/encoder; do \
	    (cd $$each && uv pip compile pyproject.toml --upgrade --quiet --no-header \
	        --python-version 3.11 --generate-hashes --output-file requirements.lock); \
	done

clean: ## remove everything that was made: environments, caches, models
	rm -rf .venv .tools .run nlu/.venv nlu/encoder/.venv nlu/models nlu/.cache nlu/.rasa
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
