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

for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done

# Five seconds is what a worker gets to drain; whoever is still there then has not listened.
waited=0
while [ "$waited" -lt 50 ]; do
  left=
  for group in $groups; do
    if kill -s 0 -- "-$group" 2>/dev/null; then left="$left $group"; fi
  done
  [ -n "$left" ] || exit 0
  groups=$left
  sleep 0.1
  waited=$((waited + 1))
done

for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
