# The commands of a checkout; each brings what it needs. Start with `make help`.
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help venv venv-dev venv-gui qt demo gui lint test bench lock screenshots

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 8

venv: ## make .venv with labapp and what it needs to run
	@sh tools/setup_venv.sh runtime

venv-dev:
	@sh tools/setup_venv.sh dev

venv-gui: qt
	@sh tools/setup_venv.sh gui

# The libraries of the system that Qt needs, and a screen in memory for what is drawn without one.
qt:
	@sh tools/install_packages.sh libgl1 libegl1 libxkbcommon0 libglib2.0-0 libfontconfig1 libdbus-1-3 \
	  libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 \
	  libxcb-shape0 libxcb-xkb1

demo: venv ## the whole job on the simulator, unattended; writes demo/
	$(BIN)/labapp demo --quick --out demo

gui: venv-gui ## the window
	$(BIN)/labapp

lint: venv-dev qt ## style, types and the import law
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## lint, then every test
	$(BIN)/python -m pytest -n 3 --dist worksteal

screenshots: venv-dev qt ## draw the README's pictures of the window anew
	$(BIN)/python tools/screenshots.py docs/screenshots

bench: venv-dev qt ## measure what is claimed of speed; one JSON object a line
	$(BIN)/python benchmarks/run.py

lock: venv-dev ## write requirements/ anew from pyproject.toml; UPGRADE=1 takes the newest versions
	sh tools/lock.sh $(if $(UPGRADE),--upgrade)
