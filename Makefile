# `make` lists what there is to do. Everything runs in .venv, which is made when it is first needed.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
WORKERS ?= 2

# Neither an active virtual environment nor a caller's search path reaches ours.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH
# Looking for a newer pyright takes time and a network, and says nothing about flowc.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types fix docs build clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

setup: ## Create .venv with everything that development needs (PYTHON= chooses the Python)
	@sh -u -c "$$SET_UP"

demo: setup ## Compile and run a conversation, from its text to its replies
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh

test: lint types ## Check everything: lint, types and the tests
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup -rs

lint: setup ## Check style and formatting
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet

types: setup ## Check types with mypy and pyright
	@$(BIN)/mypy
	@$(BIN)/pyright

fix: setup ## Mend style and formatting where a tool can
	@$(BIN)/ruff check --fix --exit-zero --quiet
	@$(BIN)/ruff format --quiet

docs: setup ## Write the pages of docs that are made from the code
	@$(BIN)/python -m flowc.cli.manual >docs/diagnostics.md.new && mv docs/diagnostics.md.new docs/diagnostics.md

build: setup ## Build the wheel into dist
	@rm -rf dist
	@$(BIN)/python -m build --wheel --no-isolation

clean: ## Remove everything that make has made
	@rm -rf $(VENV) dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp names the Python and the folder that .venv was made for. If either is another one, .venv is made
# anew; if pyproject.toml is newer than the stamp, the packages are brought up to date. While no PYTHON= is
# given, a sound .venv is kept whichever Python made it, and nothing but that Python is started.
setup: export CHOSEN = $(PYTHON)
setup: export SET_UP = $(set_up)
define set_up
refuse() {
  echo "make: $$*. Choose another with: make $(or $(firstword $(MAKECMDGOALS)),setup) PYTHON=/path/to/python3.12" >&2
  exit 1
}
python=$$CHOSEN
if [ -z "$$python" ]; then
  python=python3
  if ! command -v python3 && command -v python; then python=python; fi >/dev/null
fi

here=$$(pwd -P) made_for= fresh=
if [ -f $(STAMP) ]; then
  made_for=$$(cat $(STAMP))
  case $$made_for in
    "$$($(BIN)/python --version 2>/dev/null) from "*" in $$here") ;;
    *) made_for= ;;
  esac
  [ -n "$$(find pyproject.toml -newer $(STAMP))" ] || fresh=yes
fi

if [ -n "$$CHOSEN" ] || [ -z "$$made_for" ]; then
  needs="flowc needs Python 3.11 or newer"
  command -v "$$python" >/dev/null || refuse "$$needs; there is no $$python"
  says=$$("$$python" --version 2>&1 </dev/null) || refuse "$$needs; $$python does not run"
  version=$${says#Python }
  version=$${version%% *}
  case $$version in
    3.[0-9] | 3.[0-9].* | 3.10 | 3.10.* | [0-2] | [0-2].*) refuse "$$needs; $$python is $$version" ;;
    [0-9]*.[0-9]*) ;;
    *) refuse "$$needs; $$python is something else" ;;
  esac
  # Inside an active environment this is the Python that it was made with, so that .venv can remake itself.
  base=$$("$$python" -c 'import ensurepip, os, sys, venv; print(os.path.realpath(sys._base_executable))' \
    2>/dev/null </dev/null) ||
    refuse "flowc needs the Python modules venv and ensurepip; $$python ($$version) lacks them" \
      "(Debian and Ubuntu have them in the package python3-venv)"
  wanted="$$says from $$base in $$here"
  if [ "$$made_for" != "$$wanted" ]; then
    echo "Making $(VENV) with Python $$version"
    rm -rf $(VENV) && "$$base" -m venv $(VENV) || exit
    made_for=$$wanted fresh=
  fi
fi

if [ -z "$$fresh" ]; then
  echo "Installing what pyproject.toml asks for"
  $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input -e '.[dev]' </dev/null &&
    echo "$$made_for" >$(STAMP)
fi
endef
