# The commands of a checkout; each brings what it needs. Start with `make help`.
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help venv venv-dev demo lint test bench lock

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 8

venv: ## make .venv with labapp and what it needs to run
	@sh tools/setup_venv.sh runtime

venv-dev:
	@sh tools/setup_venv.sh dev

demo: venv ## the whole job on the simulator, unattended; writes demo/
	$(BIN)/labapp demo --quick --out demo

lint: venv-dev ## style, types and the import law
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## lint, then every test
	$(BIN)/python -m pytest -n 2

bench: venv-dev ## measure what is claimed of speed; one JSON object a line
	$(BIN)/python benchmarks/run.py

lock: venv-dev ## write requirements/ anew from pyproject.toml; UPGRADE=1 takes the newest versions
	sh tools/lock.sh $(if $(UPGRADE),--upgrade)
