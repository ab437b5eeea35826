# Buzón: every command of the project.  `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

# A minimal PATH may lack the folders where apt and dpkg look for their helpers.
export PATH := $(PATH):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Without a home folder to write to, caches go into the checkout.
ifeq ($(shell h="$${HOME:-}" && [ -d "$$h" ] && [ -w "$$h" ] && echo yes),)
export HOME := $(CURDIR)/.cache/home
$(shell mkdir -p "$(CURDIR)/.cache/home")
endif

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
export npm_config_update_notifier := false

# Locales differ; what programs print must not.
export LC_ALL := C.UTF-8

VENV := .venv
BIN := $(VENV)/bin
BROWSER := tests/browser
UV_VERSION := 0.13.9

.PHONY: help setup demo test lint vectors vectors-check vendor-check bench lock clean
.PHONY: system-runtime system-all

help: ## list the commands
	@echo "Buzón.  make:"
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1\t\2/p' Makefile | expand -t 16

setup: system-all $(VENV)/.ready $(BROWSER)/node_modules/.ready ## install everything that the checks need

demo: system-runtime $(VENV)/.ready ## one testimony travels the whole road (ONCE=1: ends by itself)
	@ONCE="$(ONCE)" exec $(BIN)/python -m deploy.demo

test: setup lint vectors-check vendor-check ## every check and test
	@echo "== tests"
	@$(BIN)/python -m pytest

bench: setup ## measure; prints a table of ratios
	@$(BIN)/python -m tests.bench

lint: setup ## style, types and rings
	@echo "== style"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "== types"
	@$(BIN)/mypy
	@echo "== rings"
	@$(BIN)/lint-imports --no-cache
	@echo "== types of the browser's code"
	@$(BROWSER)/node_modules/.bin/tsc --project $(BROWSER)/tsconfig.json

vectors: $(VENV)/.ready ## write the test vectors again
	@$(BIN)/python tests/vectors/generate.py

vectors-check: $(VENV)/.ready
	@echo "== vectors"
	@$(BIN)/python tests/vectors/generate.py --check

vendor-check: setup
	@echo "== vendored JavaScript"
	@$(BIN)/python app/site/vendor/rebuild.py --check

lock: ## choose the versions again: requirements.lock and both package-lock.json
	@echo "== locking"
	@[ -x .cache/uv/bin/uv ] || $$(.ci/python) -m venv .cache/uv
	@.cache/uv/bin/python -m pip install -q uv==$(UV_VERSION)
	@.cache/uv/bin/uv pip compile pyproject.toml --group dev --universal --upgrade --quiet \
		--python-version 3.11 --generate-hashes --no-annotate \
		--no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --output-file requirements.lock
	@for folder in $(BROWSER) app/site/vendor; do (cd "$$folder" && npm install --package-lock-only \
		--omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund); done

clean: ## remove what was installed, built and cached
	rm -rf $(VENV) .cache build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis \
		.import_linter_cache $(BROWSER)/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ------------------------------------------------------------------ what setup is made of

system-runtime:
	@.ci/system runtime

system-all:
	@.ci/system all

$(VENV)/.ready: requirements.lock pyproject.toml | system-runtime
	@echo "== Python packages"
	@[ -x $(BIN)/python ] || $$(.ci/python) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --no-index \
		--config-settings editable_mode=compat --editable .
	@touch $@

$(BROWSER)/node_modules/.ready: $(BROWSER)/package-lock.json | system-all
	@echo "== Node packages"
	@cd $(BROWSER) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
