# shellcheck shell=sh
# Loading, starting and unloading jobs, and what launchctl means when it fails; sourced after
# paths.sh. A job is given as $1 domain, $2 label, $3 plist.
# shellcheck disable=SC2154 # what paths.sh sets

is_loaded() { launchctl print "$1/$2" >/dev/null 2>&1; }

is_running() { launchctl print "$1/$2" 2>/dev/null | grep -q '^[[:space:]]*pid = '; }

# Agents live in the gui domain, which user $1 only has while logged in at the screen, not over ssh.
at_the_screen() { launchctl print "gui/$1" >/dev/null 2>&1; }

# Ends with what is wrong and its remedy. After the job: $4 exit status of launchctl, $5 its words.
explain() {
  # "Bootstrap failed: 5: Input/output error"; without a number the exit status is it.
  code=$(printf '%s\n' "$5" | sed -n 's/^[^:]*: *\([0-9][0-9]*\): .*/\1/p' | head -n 1)
  what="launchd refuses $1/$2: $(printf '%s' "$5" | tr '\n' ' ')"
  case ${code:-$4} in
    1)
      [ "$1" = system ] || fail_with 5 "$what" \
        "log in at the Mac's screen and try again; a device management profile may forbid it"
      fail_with 5 "$what" "sudo $(again)"
      ;;
    3 | 113) fail_with 4 "$what" "it is not loaded: anemonctl service start" ;;
    5) fail "$what" "$(explain_input_output "$@")" ;;
    36 | 37) fail "$what" "launchd is still busy with the job that was there: try again in a minute" ;;
    112 | 125 | 134) fail "$what" \
      "there is no such domain: nobody is logged in; log in, or install with --system" ;;
    119) fail "$what" "$(how_to_enable "$1" "$2")" ;;
    *) fail "$what" "see 'launchctl error ${code:-$4}' and 'launchctl print $1/$2'" ;;
  esac
}

how_to_enable() {
  say "it is switched off: switch it on in System Settings, General, Login Items, or with" \
    "'launchctl enable $1/$2'; a device management profile may forbid it"
}

# launchd says 5 for many things: the one that it is, if that can be seen.
explain_input_output() {
  if launchctl print-disabled "$1" 2>/dev/null | grep -qE "\"$2\" => (disabled|true)"; then
    how_to_enable "$1" "$2"
  elif [ ! -e "$3" ]; then
    say "there is no $3: anemonctl service install"
  elif [ "$1" = system ] && changed=$(exposed "$3"); then
    say "$changed is not root's, or others can write to it: chown root:wheel, chmod go-w"
  else
    owner="root's"
    [ "$1" = system ] || owner='yours'
    say "launchd says 5 when the plist or a folder above it is not $owner or others can" \
      "write to it, or when the item is switched off in System Settings, General, Login Items"
  fi
}

# launchctl with the arguments after the job, its failure explained.
launchctl_for() {
  for_domain=$1 for_label=$2 for_plist=$3
  shift 3
  [ -z "${dry_run:-}" ] || {
    do_it launchctl "$@"
    return 0
  }
  status=0
  said=$(launchctl "$@" 2>&1) || status=$?
  [ "$status" = 0 ] || explain "$for_domain" "$for_label" "$for_plist" "$status" "$said"
}

# Unloads a job and waits until it is gone: bootout answers before it is.
unload() {
  is_loaded "$1" "$2" || return 0
  status=0
  said=$(do_it launchctl bootout "$1/$2" 2>&1) || status=$?
  if [ -n "${dry_run:-}" ]; then
    say "$said"
    return 0
  fi
  tries=0
  while is_loaded "$1" "$2"; do
    # While the job is on its way out bootout fails, and that is well.
    case $said in *": 1: "*) explain "$1" "$2" '' "$status" "$said" ;; esac
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || fail "$2 is still loaded 15 s after bootout: $said" \
      "see 'launchctl print $1/$2', end the process it names and try again"
    sleep "${ANEMON_RETRY_SECONDS:-0.25}"
  done
}

# Loads a plist: enabled (a disabled label makes bootstrap fail with 5), the old job gone.
# bootstrap fails with 5, 36 or 37 for a moment after a bootout.
load() {
  unload "$1" "$2"
  launchctl_for "$@" enable "$1/$2"
  tries=0
  while [ -z "${dry_run:-}" ] && [ "$tries" -lt 7 ]; do
    tries=$((tries + 1))
    said=$(launchctl bootstrap "$1" "$3" 2>&1) && return 0
    case $said in *": 5: "* | *": 36: "* | *": 37: "*) ;; *) break ;; esac
    sleep "${ANEMON_RETRY_SECONDS:-0.5}"
  done
  launchctl_for "$@" bootstrap "$1" "$3"
}
