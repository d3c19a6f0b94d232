# Ends the parts of a local stack once their launcher is gone, however it went. A launcher that is killed with SIGKILL
# can do nothing itself any more, but the kernel closes its end of the pipe that this script reads.
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

# A process that has ended counts as there until its parent takes note of it, and the parent of orphans can be slow; /proc knows better.
is_left() {
  kill -s 0 -- "-$1" 2>/dev/null && ! grep -qs '^State:[[:space:]]*Z' "/proc/$1/status"
}

for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done

# Five seconds is what a worker gets to drain; whoever is still there then has not listened.
waited=0
left=$groups
while [ -n "$left" ] && [ "$waited" -lt 50 ]; do
  sleep 0.1
  waited=$((waited + 1))
  still=
  for group in $left; do
    if is_left "$group"; then still="$still $group"; fi
  done
  left=$still
done

for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
