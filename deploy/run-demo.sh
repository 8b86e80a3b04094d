#!/bin/sh
# The demo: migrations, demo data on the first run, then the site with the reminders inside it.
set -eu
cd "$(dirname "$0")/.."
export LOOPKEEPER_DEMO=1 LOOPKEEPER_SCHEDULER=1 FLASK_APP=wsgi
export LOOPKEEPER_BASE_URL="${LOOPKEEPER_BASE_URL:-http://$HOST:$PORT}"
bin=.venv/bin

if ! "$bin/python" -c "import socket; socket.create_server(('$HOST', $PORT)).close()" 2>/dev/null; then
    echo "Port $PORT on $HOST is taken. Choose another: make run PORT=8001" >&2
    exit 1
fi
echo "Bringing the database up to date …"
LOOPKEEPER_SCHEDULER=0 "$bin/flask" db upgrade
LOOPKEEPER_SCHEDULER=0 "$bin/flask" demo load
exec "$bin/granian" --interface wsgi --workers 1 --blocking-threads 8 \
    --host "$HOST" --port "$PORT" --no-ws --log-level error wsgi:app
