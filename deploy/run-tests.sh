#!/bin/sh
# Every test on SQLite, PostgreSQL and in Chromium, with branch coverage; then the two thresholds.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
rm -f .coverage .coverage.*
"$bin/pytest" --numprocesses "${WORKERS:-auto}" --dist loadgroup --cov --cov-report= \
  --tb short -r fE --durations 25 "$@"
echo "Coverage over all (at least 95 %):"
"$bin/coverage" report --fail-under 95 --skip-covered | tail -n 12
echo "Coverage of policies, operations and the worker (100 %):"
"$bin/coverage" report --fail-under 100 --include '*/policy.py,*/policy/*.py,*/operations.py,*/operations/*.py,*/worker.py,*/worker/*.py'
