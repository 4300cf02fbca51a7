# shellcheck shell=sh
# Where everything is; sourced by install, uninstall and control. $ANEMON_ROOT stands before every
# path of the system: the tests' scratch folder, or a package's.
# shellcheck disable=SC2034 # used by those who source this

label=io.anemon.anemond
helper_label=io.anemon.anemond.helper
account=_anemon

root=${ANEMON_ROOT:-}
daemons=$root/Library/LaunchDaemons
agents=${HOME:-}/Library/LaunchAgents
user_logs=${HOME:-}/Library/Logs/anemon
# Root's alone; what the daemon may write lies in folders of its own below it, so that nobody else
# can put a link where root or the daemon writes.
base=$root/var/db/anemon
state_dir=$base/state
socket_dir=$base/run
helper_dir=$base/helper
# Root's, too: newsyslog works in there as root, and follows links. The daemon owns its log's file alone.
log_dir=$root/var/log/anemon
log=$log_dir/anemond.log
helper_log=$root/var/log/anemond-helper.log
config=$root/etc/anemon/anemond.yaml
newsyslog=$root/etc/newsyslog.d/anemond.conf

umask 022 # whatever the caller's is: folders of root's that others can write to would be a hole
me=${0##*/}
arguments=$*

say() { printf '%s\n' "$*"; }

# Ends with one of anemonctl's exit codes: 1 failed, 2 usage, 4 not there, 5 not permitted.
# $1 code, $2 what and why, $3 what to do.
fail_with() {
  printf '%s%s: %s\n' "${ANEMON_COMMAND:+anemonctl: service }" "$me" "$2" >&2
  [ $# -lt 3 ] || printf '  hint: %s\n' "$3" >&2
  exit "$1"
}
fail() { fail_with 1 "$@"; }

# What to type to have the same done again; anemonctl says what was typed to it.
again() { printf '%s' "${ANEMON_COMMAND:-$0 $arguments}"; }

as_root() { [ "$(id -u)" = 0 ] || fail_with 5 "--system needs root" "sudo $(again)"; }
as_user() {
  [ "$(id -u)" != 0 ] || fail_with 2 "--user is for one user, not for root" \
    "leave sudo out, or use --system"
  [ -n "${HOME:-}" ] || fail "\$HOME is not set, and the agent belongs in there"
}

# Runs a command, or only shows it with --dry-run.
do_it() {
  if [ -n "${dry_run:-}" ]; then
    printf '+ %s\n' "$*"
  else
    "$@"
  fi
}

# The first of a path and the folders above it that others than root can change; fails when there is
# none. Whoever owns a scratch root stands for root in it.
exposed() {
  trusted=0
  [ -z "$root" ] || trusted=$(owner_of "$root")
  at=$1
  until can_be_changed "$at"; do
    [ "$at" != / ] && [ "$at" != "$root" ] || return 1
    at=$(dirname "$at")
  done
  printf '%s\n' "$at"
}
can_be_changed() {
  # shellcheck disable=SC2012,SC2046 # mode and numbers alone, in words
  set -- $(ls -ldn "$1" | awk '{print $1, $3, $4; exit}')
  [ "$2" = 0 ] || [ "$2" = "$trusted" ] || return 0
  case $1 in
    l*) return 1 ;; # what it may become is for its folder to say
    ??????????+*) return 0 ;; # an access control list may allow anything
    ????????w*) return 0 ;;
    ?????w*) [ "$3" != 0 ] ;; # wheel has nobody but root
    *) return 1 ;;
  esac
}
owner_of() {
  # shellcheck disable=SC2012
  ls -ldn "$1" | awk '{print $3; exit}'
}

# What start, stop and uninstall mean when they are not told: this user's, else the system's.
installed_kind() {
  if [ "$(id -u)" != 0 ] && [ -e "$agents/$label.plist" ]; then
    echo user
  elif [ -e "$daemons/$label.plist" ]; then
    echo system
  fi
}
