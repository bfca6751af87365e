#!/bin/sh
# Makes a Debian machine a kiosk or a wall of one house. May be run again: the same address changes nothing.
#   install.sh https://counter.example.org kiosk|display
# PREFIX=/somewhere writes the files there and touches neither packages nor users nor services.
set -eu
origin=${1-}
screen=${2-}
prefix=${PREFIX-}
from=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

fail() {
  echo "$1" >&2
  exit 1
}
# What is written into JSON and into a command line is a plain address and nothing else.
case $origin in
  *[!a-z0-9.:/-]*) origin= ;;
esac
echo "$origin" | grep -Eqx 'https://[a-z0-9.-]+(:[0-9]+)?|http://localhost(:[0-9]+)?' ||
  fail "Which house? Its address, as https://name or https://name:port, without a path."
case $screen in
  kiosk | display) ;;
  *) fail "Which screen? kiosk or display." ;;
esac

fill() {
  sed -e "s|@ORIGIN@|$origin|g" -e "s|@PATH@|/$screen/|g" "$from/$1" >"$prefix$2.new"
  chmod "$3" "$prefix$2.new"
  if cmp -s "$prefix$2.new" "$prefix$2"; then
    rm "$prefix$2.new"
  else
    mv "$prefix$2.new" "$prefix$2"
    echo "written: $2"
  fi
}

if [ -z "$prefix" ]; then
  [ "$(id -u)" = 0 ] || fail "This writes below /etc and /usr/local: run it as root."
  apt-get install -y --no-install-recommends cage chromium curl procps libpam-systemd \
    speech-dispatcher speech-dispatcher-espeak-ng fonts-noto-core
  id schalter-screen >/dev/null 2>&1 ||
    useradd --system --shell /usr/sbin/nologin --home-dir /var/lib/schalter-screen schalter-screen
  # Ports of printers, sound, screen; no other group, no password.
  usermod --groups dialout,audio,video,render schalter-screen
fi

lib=/usr/local/lib/schalter-screen
mkdir -p "$prefix$lib" "$prefix/etc/chromium/policies/managed" "$prefix/etc/systemd/system" "$prefix/etc/sysctl.d"
fill policies.json /etc/chromium/policies/managed/schalter-screen.json 644
fill flags "$lib/flags" 644
fill start.sh "$lib/start.sh" 755
fill schalter-screen.service /etc/systemd/system/schalter-screen.service 644
fill origin "$lib/origin" 644
fill sysctl.conf /etc/sysctl.d/90-schalter-screen.conf 644

if [ -z "$prefix" ]; then
  sysctl --quiet --system
  systemctl mask --quiet ctrl-alt-del.target
  systemctl daemon-reload
  systemctl enable --quiet schalter-screen.service
  systemctl restart schalter-screen.service
fi
