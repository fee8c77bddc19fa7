# One command each. Every one sets up what it needs first (tools/prepare), and is quick the second time.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test soak check fmt bench clean

IN_VENV := .venv/bin/python -m

help:  ## Say what can be done here
	@echo "Labfeed, the live data server of a college class."
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "make run PORT=8123 takes another port; make test ARGS='-k wall' runs some of the tests;"
	@echo "PYTHON=/path/to/python3.12 chooses the Python."

run:  ## Start everything on this machine, with rehearsal sensors that send
	@PYTHON='$(PYTHON)' tools/prepare run
	@$(IN_VENV) tools.run $(if $(PORT),--port $(PORT)) $(if $(TOLERANT_PORT),--tolerant-port $(TOLERANT_PORT))

test:  ## Run all tests, with real servers and a real browser
	@PYTHON='$(PYTHON)' tools/prepare test
	$(IN_VENV) pytest -n 2 --dist loadgroup --no-loadscope-reorder $(ARGS)

soak:  ## Do everything to an open page for an hour; what it shows must be what is stored
	@PYTHON='$(PYTHON)' tools/prepare test
	SOAK_MINUTES=$(or $(MINUTES),60) $(IN_VENV) pytest -q tests/journeys/test_soak.py $(ARGS)

check:  ## Check the formatting, the style, the types and who imports whom
	@PYTHON='$(PYTHON)' tools/prepare develop
	$(IN_VENV) ruff format --check .
	$(IN_VENV) ruff check .
	$(IN_VENV) mypy
	$(IN_VENV) pytest -q tests/test_architecture.py

fmt:  ## Format the code and mend what the style check can mend
	@PYTHON='$(PYTHON)' tools/prepare develop
	$(IN_VENV) ruff format .
	$(IN_VENV) ruff check --fix .

bench:  ## Measure, on this machine and against other ways to do it
	@PYTHON='$(PYTHON)' tools/prepare test
	$(IN_VENV) bench $(ARGS)

clean:  ## Remove what the commands made; the data in var/ stays
	rm -rf .venv node_modules .pytest_cache .ruff_cache .mypy_cache .hypothesis bench/out tests/out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
