#!/bin/sh
# What the unit runs inside the compositor: waits for the house, then is the browser until the browser ends.
set -eu
here=$(dirname -- "$0")
alive() { systemd-notify WATCHDOG=1 || true; }

# Before its first visit a browser without the house shows a page of its own, which nobody guards.
until curl --silent --fail --max-time 5 --output /dev/null "$(cat "$here/origin")/healthz"; do
  alive
  sleep 2
done

set --
while read -r flag; do set -- "$@" "$flag"; done <"$here/flags"
chromium "$@" --ozone-platform=wayland --user-data-dir="$HOME/profile" &
browser=$!
trap 'kill "$browser" 2>/dev/null || true' EXIT TERM INT

# A page that has crashed leaves a browser without a renderer: only with one the watchdog is fed.
while kill -0 "$browser" 2>/dev/null; do
  if pgrep --full --uid "$(id -u)" -- '--type=renderer' >/dev/null; then alive; fi
  sleep 5
done
