# Loopkeeper's commands. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test lint format messages lock chaos clean
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
KILLS ?= 1000

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/ready-to-run  ## Set everything up and run the demo on SQLite, with the reminders
	@HOST=$(HOST) PORT=$(PORT) sh deploy/run-demo.sh

test: $(VENV)/ready-to-test  ## Set everything up and pass every check and test
	@$(BIN)/python deploy/browser.py
	@$(MAKE) --no-print-directory lint
	@sh deploy/run-tests.sh

lint: $(VENV)/ready-to-test  ## Check style, types and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/ready-to-test  ## Put the code into the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(VENV)/ready-to-test  ## Find the public's sentences and bring the catalogues up to date
	$(BIN)/python deploy/messages.py

lock: $(VENV)/ready-to-test  ## Resolve the dependencies anew and lock them by hash
	sh deploy/lock.sh

chaos: $(VENV)/ready-to-test  ## Kill everything KILLS times at random, and account for everything
	$(BIN)/python -m tests.chaos --kills $(KILLS)

clean:  ## Remove the virtual environment and caches; the data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*

$(VENV)/ready-to-run: requirements/base.txt deploy/install.sh
	@sh deploy/install.sh base

$(VENV)/ready-to-test: requirements/dev.txt deploy/install.sh
	@sh deploy/install.sh dev
