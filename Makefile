# Every target says what it does: `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help report gallery test golden lab check clean

help: ## Dire ce que fait chaque commande
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 ou plus récent est attendu ; « $(PYTHON) » est introuvable. L'installer, ou écrire : make PYTHON=chemin/vers/python3"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 ou plus récent est attendu ; « $(PYTHON) » est plus ancien. Écrire : make PYTHON=chemin/vers/python3.11"; exit 2; }
	@echo "Préparation de l'environnement (une seule fois, une à deux minutes)…"
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || $(PYTHON) -m venv --without-pip $(VENV)
	@if [ -x $(BIN)/pip ]; then PIP="$(BIN)/python -m pip"; else PIP="$(PYTHON) -m pip --python $(BIN)/python"; fi; \
	$$PIP install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock && \
	$$PIP install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

report: $(STAMP) ## Faire les rapports du réseau de démonstration, dans reports/demo/
	@$(BIN)/dts --workbook data/demo receive --quiet
	@$(BIN)/dts --workbook data/demo report

gallery: $(STAMP) ## Faire la galerie de tous les blocs, dans reports/galerie/
	@$(BIN)/dts --workbook data/demo receive --quiet
	@$(BIN)/python -m dts_research.cli.gallery data/demo reports/galerie

test: $(STAMP) ## Passer les tests
	@$(BIN)/python -m pytest -n auto

golden: $(STAMP) ## Garder l'état présent des rapports comme référence (à regarder avant)
	@DTS_GOLDEN=write $(BIN)/python -m pytest tests/reports/test_golden.py

lab: $(STAMP) ## Ouvrir JupyterLab, en français, sur les carnets
	@$(BIN)/dts lab

check: $(STAMP) ## Relire le style et les types du code (outils du mainteneur)
	@$(BIN)/python -m ruff check . && $(BIN)/python -m ruff format --check . && $(BIN)/python -m mypy

clean: ## Effacer les rapports, la galerie et le magasin de la démonstration (le matériau reste)
	@rm -rf reports/demo reports/galerie data/demo/store data/demo/quarantine
