# Every target works on a bare machine with Python 3.11 or newer; `make` alone lists them.
# Without make: python3 -m config.embedded up

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
ifeq ($(strip $(PYTHON)),)
$(error Python 3.11 or newer was not found; install it, or name it: make PYTHON=/path/to/python3)
endif

EMBEDDED := $(PYTHON) -m config.embedded
IN_DEV := $(EMBEDDED) run --dev --
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help up manage storm test chaos failpoints model bench mail-bench desk-bench lists-bench load phones browser pictures schema-fuzz briefs-score briefs-fuzz briefs-bench smoke check lock format messages clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\): .*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

up: ## Start the whole system; PORT=8010
	@exec env PORT='$(PORT)' $(EMBEDDED) up

manage: ## Run manage.py in the running system; ARGS="load_storm demo --size 200"
	@$(EMBEDDED) manage -- $(ARGS)

storm: ## Load a fictional exercise storm into the running system; SIZE=200
	@$(EMBEDDED) manage -- load_storm demo --size $(or $(SIZE),200) --under 国网浙江省电力有限公司

test: ## Run the tests; ARGS="-k outage"
	@$(EMBEDDED) run --dev --mail -- bash -c '\
		python -m pytest --numprocesses 2 --dist loadfile -m "not alone and not long" "$$@" || [ $$? -eq 5 ] || exit; \
		python -m pytest -m "alone and not long" "$$@" || [ $$? -eq 5 ]' pytest $(ARGS)

chaos: ## Kill, freeze and starve the real system; SCENARIO=kill-storm MINUTES=10 ALERTS=5000 SEED=7
	@$(EMBEDDED) env --dev >/dev/null
	@.venv/bin/python -m tests.chaos

failpoints: ## Let the watch die at every point of its work in turn; RUNS=1000 SEED=1
	@$(EMBEDDED) run --dev -- env LOG_LEVEL=CRITICAL RUNS='$(or $(RUNS),1000)' SEED='$(or $(SEED),1)' \
		python -m pytest -s tests/chaos/test_failpoints.py

model: ## Hold the watch against its plain reference over random storms; EXAMPLES=1000
	@$(EMBEDDED) run --dev -- env EXAMPLES='$(or $(EXAMPLES),1000)' \
		python -m pytest tests/tracker/services/test_engine_model.py

bench: ## Measure speed against raw SQL and a textbook; BENCH_HISTORY=100000 readings before
	@$(EMBEDDED) run --dev --mail -- python -m tests.bench

mail-bench: ## Measure how fast owed mails go out, and memory over many; BENCH_MAILS=100000
	@$(EMBEDDED) run --dev -- env BENCH_MAILS='$(or $(BENCH_MAILS),100000)' python -m tests.bench.mail

desk-bench: ## Measure the lists of the desk; BENCH_ROWS=100000 outages
	@$(EMBEDDED) run --dev -- env BENCH_ROWS='$(or $(BENCH_ROWS),100000)' \
		DJANGO_SETTINGS_MODULE=config.settings_test python -m tests.bench.desk

lists-bench: ## Measure every list of the desk, each at BENCH_ROWS=100000 rows; BENCH_ONLY="Outage Line"
	@$(EMBEDDED) run --dev -- env BENCH_ROWS='$(or $(BENCH_ROWS),100000)' \
		DJANGO_SETTINGS_MODULE=config.settings_test python -m tests.bench.lists

phones: ## Let hundreds of simulated phones come back at once; PHONES=500 SEED=7
	@$(EMBEDDED) run --dev -- env PHONES='$(or $(PHONES),500)' SEED='$(or $(SEED),7)' \
		python -m pytest -s tests/phones/test_fleet.py

load: ## Let 500 phones ask at once; LOAD_RATES=100,200 LOAD_SECONDS=20
	@$(EMBEDDED) run --dev --mail -- python -m tests.bench.load



schema-fuzz: ## Call every operation with what nobody thought of; EXAMPLES=200
	@$(EMBEDDED) run --dev --mail -- env SCHEMA_EXAMPLES='$(or $(EXAMPLES),200)' \
		python -m pytest tests/incidents/api/test_schemathesis.py

browser: ## Walk through the product in a real browser (Chromium; installed on Debian)
	@$(EMBEDDED) run --dev --mail -- python -m pytest tests/browser $(ARGS)

pictures: ## Take the pictures of docs/pictures/ anew (needs Chromium; installed on Debian)
	@$(EMBEDDED) run --dev --mail -- python -m pytest tests/browser/pictures.py

briefs-score: ## Print how well briefs are read, field by field; ARGS="--loud" tells each error
	@$(EMBEDDED) env --dev >/dev/null
	@.venv/bin/python -m tests.incidents.briefs.score $(ARGS)

briefs-fuzz: ## Read ten thousand texts that nobody wrote; EXAMPLES=10000
	@$(EMBEDDED) env --dev >/dev/null
	@BRIEFS_EXAMPLES='$(or $(EXAMPLES),10000)' .venv/bin/python -m pytest tests/incidents/briefs/test_properties.py

briefs-bench: ## Measure reading against looking at every word of the text once
	@$(EMBEDDED) env --dev >/dev/null
	@.venv/bin/python -m tests.bench.briefs

smoke: ## Start the whole system for real, kill parts of it, start it again
	@$(EMBEDDED) env --dev >/dev/null
	@.venv/bin/python -m pytest tests/embedded/smoke.py $(ARGS)

check: ## Run all that CI runs
	@PYTHON='$(PYTHON)' bash .ci/run

lock: ## Make requirements*.txt anew from pyproject.toml (asks the package index); UPGRADE=--upgrade
	@$(EMBEDDED) env --dev >/dev/null
	@for target in '' '-s3 --extra s3' '-sso --extra sso' '-geo --extra geo' '-embedded --group embedded' '-dev --group embedded --group dev'; do \
		set -- $$target; name=requirements$$1.txt; [ $$# -eq 0 ] || shift; \
		.venv/bin/python -m uv pip compile pyproject.toml "$$@" --output-file $$name --quiet $(UPGRADE) \
			--universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links \
			--custom-compile-command 'make lock' || exit 1; done

format: ## Format the code and repair what can be repaired
	@$(EMBEDDED) env --dev >/dev/null
	@.venv/bin/python -m ruff format .
	@.venv/bin/python -m ruff check --fix .

messages: ## Collect and compile the translations (needs gettext; the .mo files are committed)
	@$(IN_DEV) python manage.py makemessages --locale zh_Hans --no-location --no-wrap --no-obsolete --ignore '.venv/*'
	@$(IN_DEV) python manage.py compilemessages --locale zh_Hans --ignore '.venv/*'

clean: ## Delete the environment, all caches and ALL DATA of `make up`
	@$(EMBEDDED) clean
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage staticfiles
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
