# Each target is one line; the work is done by bootstrap/ (standard library only), which needs Python >= 3.11.
PYTHON ?= python3

.PHONY: run dev test proof mutants check screenshots bench bench-peers
run: ; @$(PYTHON) -m bootstrap run
dev: ; @$(PYTHON) -m bootstrap dev
test: ; @$(PYTHON) -m bootstrap test
proof: ; @$(PYTHON) -m bootstrap proof
mutants: ; @$(PYTHON) -m bootstrap mutants
check: ; @$(PYTHON) -m bootstrap check
screenshots: ; @$(PYTHON) -m bootstrap screenshots
bench: ; @$(PYTHON) -m bootstrap bench $(ARGS)
bench-peers: ; @$(PYTHON) -m bootstrap bench --peers $(ARGS)
