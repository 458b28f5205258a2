# shellcheck shell=sh disable=SC2154 # find_java sets java_home and java_version
# The launcher itself: becomes the Java process, so that a signal sent to it reaches the program.
set -eu

find_java java || {
  explain_missing_java
  exit 1
}

launcher=$0
while [ -L "$launcher" ]; do
  link=$(readlink "$launcher")
  case "$link" in /*) launcher=$link ;; *) launcher=$(dirname "$launcher")/$link ;; esac
done
home=$(CDPATH='' cd -- "$(dirname -- "$launcher")" && pwd -P)

# Nearly all memory is buffers that are used again: a small young generation keeps the heap close to what lives. The work
# is a few loops over all rows: compiling everything twice, first quickly and then well, takes the CPU from them.
flags='-XX:+UseSerialGC -Xms64m -Xmn32m -XX:-TieredCompilation -XX:-UsePerfData --enable-native-access=ALL-UNNAMED'
[ "$java_version" -lt 23 ] || flags="$flags --sun-misc-unsafe-memory-access=allow"

# shellcheck disable=SC2086 # these are lists of words
exec "$java_home/bin/java" $flags ${JAVA_OPTS:-} ${VARVE_JAVA_OPTS:-} -jar "$home/quarkus-app/quarkus-run.jar" "$@"
