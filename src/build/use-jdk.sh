# shellcheck shell=sh
# Sourced by whatever needs a JDK: sets JAVA_HOME to one that is new enough, and installs one first where that needs no
# question to be asked.

# shellcheck source=src/main/dist/find-java.sh
. src/main/dist/find-java.sh

install_java() {
  as_root=
  if [ "$(id -u)" != 0 ] && ! command -v brew >/dev/null; then
    sudo -n true 2>/dev/null || return 1
    as_root='sudo -n'
  fi
  if command -v apt-get >/dev/null; then $as_root apt-get update >>target/install-java.log 2>&1 || return 1; fi
  java_command=$(java_install_command)
  [ -n "$java_command" ] || return 1
  echo "No JDK $java_needed or newer here. Installing one: $java_command" >&2
  # shellcheck disable=SC2086 # a list of words
  $as_root env DEBIAN_FRONTEND=noninteractive $java_command >>target/install-java.log 2>&1 </dev/null
}

mkdir -p target
find_java javac || { install_java && find_java javac; } || {
  explain_missing_java
  exit 1
}
JAVA_HOME=$java_home
export JAVA_HOME
