# shellcheck shell=sh
# Where everything is; sourced by install and uninstall. $ANEMON_ROOT stands before every path of the
# system: the tests' scratch folder, or a package's.
# shellcheck disable=SC2034 # used by those who source this

label=io.anemon.anemond
helper_label=io.anemon.anemond.helper
account=_anemon

root=${ANEMON_ROOT:-}
daemons=$root/Library/LaunchDaemons
# Root's alone; what the daemon may write lies in folders of its own below it, so that nobody else
# can put a link where root or the daemon writes.
base=$root/var/db/anemon
state_dir=$base/state
socket_dir=$base/run
helper_dir=$base/helper
log_dir=$root/var/log/anemon
helper_log=$root/var/log/anemond-helper.log
config=$root/etc/anemon/anemond.yaml
newsyslog=$root/etc/newsyslog.d/anemond.conf

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  [ $# -lt 2 ] || printf '  %s\n' "$2" >&2
  exit 1
}

# Runs a command, or only shows it with --dry-run.
do_it() {
  if [ -n "${dry_run:-}" ]; then
    printf '+ %s\n' "$*"
  else
    "$@"
  fi
}

is_loaded() { launchctl print "$1/$2" >/dev/null 2>&1; }

# Unloads a job and waits until it is gone: bootout answers before it is. $1 domain, $2 label.
unload() {
  is_loaded "$1" "$2" || return 0
  do_it launchctl bootout "$1/$2" || true # it fails while the job is on its way out, too
  [ -z "${dry_run:-}" ] || return 0
  tries=0
  while is_loaded "$1" "$2"; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || fail "$2 is still loaded 15 s after bootout" \
      "see 'launchctl print $1/$2', end the process it names and try again"
    sleep "${ANEMON_RETRY_SECONDS:-0.25}"
  done
}
