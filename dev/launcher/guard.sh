# Ends the processes of a local stack after their launcher has ended in any way. A launcher that gets SIGKILL cannot stop its
# processes. But the kernel then closes the launcher's end of the pipe, and this script reads the other end.
#
# Lines on standard input: `started <process group>` and `ended <process group>`.

groups=
while read -r what group; do
  case $what in
    started) groups="$groups $group" ;;
    ended)
      others=
      for other in $groups; do
        [ "$other" = "$group" ] || others="$others $other"
      done
      groups=$others
      ;;
  esac
done

# A signal also succeeds for a zombie: a process that has ended but is not reaped yet. Orphans may be reaped late. On Linux,
# /proc shows a zombie's state.
is_running() {
  kill -s 0 -- "-$1" 2>/dev/null && ! grep -qs '^State:[[:space:]]*Z' "/proc/$1/status"
}

for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done

# A worker gets five seconds to drain; then every process that still runs is killed.
waited=0
left=$groups
while [ -n "$left" ] && [ "$waited" -lt 50 ]; do
  sleep 0.1
  waited=$((waited + 1))
  still=
  for group in $left; do
    if is_running "$group"; then still="$still $group"; fi
  done
  left=$still
done

for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
