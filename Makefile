# Two commands on a fresh machine: `make run` shows the product, `make test` proves it.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CORES ?= $(shell nproc 2>/dev/null || echo 2)
# One more than there are cores: a browser or a mail server is waited for most of the time.
PYTEST := $(BIN)/pytest -n $(shell expr $(CORES) + 1)
TEST_PACKAGES := postgresql chromium fonts-noto-cjk
DEMO := HELPDESK_DEMO=1

.PHONY: help run test quick check format lock migration catalogue bench bench-national wheel screenshots venv test-packages hooks

help:
	@echo "make run          web and jobs with demonstration data on SQLite"
	@echo "make test         everything, on SQLite and on PostgreSQL, with a real browser"
	@echo "make quick        the fast loop: SQLite, no browser"
	@echo "make check        lint, types, floors, templates"
	@echo "make format       write the code as make check wants it"
	@echo "make lock         compile pyproject.toml into the hashed pins"
	@echo "make migration MESSAGE='Add the ...'   write a migration from the tables"
	@echo "make catalogue    bring the English catalogue up to the sentences of the product"
	@echo "make screenshots  walk the journeys and keep their pictures under docs/screenshots"
	@echo "make bench        response times of every page of the demonstration"
	@echo "make bench-national  coverage of a whole country on PostgreSQL (ten minutes)"
	@echo "make wheel        build the wheel into dist/"
	@echo "make hooks        run the checks before every commit"

run: venv
	@# For certificates as PDF; without it they are pages to print, so nothing stops here.
	@dpkg-query -W -f='$${db:Status-Status}' fonts-noto-cjk 2>/dev/null | grep -qx installed \
		|| ( $(call install,fonts-noto-cjk) ) || true
	@$(DEMO) $(BIN)/helpdesk db upgrade
	@$(DEMO) $(BIN)/helpdesk demo load --if-empty
	@$(DEMO) $(BIN)/helpdesk demo accounts
	@$(DEMO) $(BIN)/helpdesk run

test: venv test-packages
	$(PYTEST)
	$(PYTEST) --database=postgresql --only-database -m "not journey and not demonstration"

quick: venv
	$(PYTEST) -m "not journey and not slow"

check: venv
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --quiet --lint templates

format: venv
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The tools of development first: a package that both need must be one that both can live with.
lock: venv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes \
		--no-header --no-annotate --quiet --output-file requirements-dev.txt
	$(BIN)/uv pip compile pyproject.toml --constraint requirements-dev.txt --universal \
		--generate-hashes --no-header --no-annotate --quiet --output-file requirements.txt

migration: venv test-packages
	@test -n "$(MESSAGE)" || { echo "Say what it does: make migration MESSAGE='Add the ...'" >&2; exit 2; }
	$(BIN)/python tools/write_migration.py "$(MESSAGE)"
	$(BIN)/ruff format --quiet --no-force-exclude migrations/versions

catalogue: venv
	$(BIN)/python tools/catalogue.py

bench: venv
	$(DEMO) $(BIN)/python -m bench.pages

bench-national: venv test-packages
	$(BIN)/python -m bench.national

screenshots: venv test-packages
	rm -f docs/screenshots/*.png
	$(PYTEST) -m journey --screenshots=docs/screenshots

wheel: venv
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

hooks: venv
	$(BIN)/pre-commit install

venv: $(READY)

$(READY): requirements-dev.txt pyproject.toml
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed" >&2; exit 1; }
	@python3 -c 'import ensurepip' 2>/dev/null || $(call install,python3-venv)
	python3 -m venv $(VENV)
	@# The pins are complete: pip must not resolve, or a newer coverage[toml] than ours stops it.
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		-r requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

test-packages:
	@missing=$$(for package in $(TEST_PACKAGES); do \
		dpkg-query -W -f='$${db:Status-Status}\n' $$package 2>/dev/null | grep -qx installed \
		|| echo $$package; done | tr '\n' ' '); \
	test -z "$$missing" || $(call install,$$missing)

# As root install it; otherwise name the one command to type.
install = { if [ "$$(id -u)" = 0 ]; then \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(1); \
	else echo "Type: sudo apt-get install -y $(1)" >&2; exit 1; fi; }
