# Ends the processes of a local stack when their launcher has ended, in whatever way. A launcher that gets SIGKILL cannot
# do anything more itself, but the kernel closes its end of the pipe that this script reads.
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

# A signal also reaches a zombie, which has ended but is not reaped yet, and orphans may be reaped late. /proc shows the difference.
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
