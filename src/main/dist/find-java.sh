# shellcheck shell=sh
# Finds a Java 21 or newer among those installed. Functions only, POSIX sh: the build sources this file, and it is the
# head of the launcher target/varve. Looking starts at most a readlink, so that a command begins at once.

java_needed=21

# Sets java_version to the feature version of the Java in folder $1 when that has the tool $2 (java or javac), else 0.
read_java_version() {
  java_version=0
  [ -x "$1/bin/$2" ] || return 0
  if [ -r "$1/release" ]; then
    while IFS='=' read -r java_key java_value || [ -n "$java_key" ]; do
      [ "$java_key" = JAVA_VERSION ] || continue
      java_version=${java_value#\"}
      break
    done <"$1/release"
  else
    java_version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
  fi
  java_version=${java_version%%[!0-9]*}
  java_version=${java_version:-0}
}

# Sets java_home and java_version to the Java that has the tool $1: JAVA_HOME if it fits, then the one on the PATH, then
# the newest of the usual places. False if there is none.
find_java() {
  java_fits "${JAVA_HOME:-}" "$1" && return
  java_fits "$(java_home_on_path "$1")" "$1" && return
  java_newest=0 java_newest_home=''
  for java_home in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/*jdk* /opt/*java* /opt/java/* /opt/*graal* \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* "${HOME:-}"/.asdf/installs/java/* \
    "${HOME:-}"/.local/share/mise/installs/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec "${GRAALVM_HOME:-}"; do
    read_java_version "$java_home" "$1"
    if [ "$java_version" -gt "$java_newest" ]; then java_newest=$java_version java_newest_home=$java_home; fi
  done
  java_fits "$java_newest_home" "$1"
}

# Sets java_home to the folder $1 and java_version to the version there; true if it has the tool $2 and is new enough.
java_fits() {
  java_home=$1 java_version=0
  [ -z "$1" ] || read_java_version "$1" "$2"
  [ "$java_version" -ge "$java_needed" ]
}

# Prints the folder of the Java whose tool $1 the PATH names. The stubs of macOS in /usr/bin are not one.
java_home_on_path() {
  java_tool=$(command -v "$1") || return 0
  [ -e "${java_tool%/bin/*}/release" ] || java_tool=$(readlink -f "$java_tool" 2>/dev/null) || return 0
  case "$java_tool" in /usr/bin/*) ;; */bin/"$1") printf '%s\n' "${java_tool%/bin/"$1"}" ;; esac
}

# Prints the command that installs a JDK here, or nothing when this system's packages have none that is new enough.
java_install_command() {
  if command -v apt-get >/dev/null; then
    for java_package in openjdk-25-jdk-headless openjdk-21-jdk-headless temurin-25-jdk temurin-21-jdk; do
      if [ -n "$(apt-cache madison "$java_package" 2>/dev/null)" ]; then
        echo "apt-get install -y --no-install-recommends $java_package"
        return
      fi
    done
  elif command -v dnf >/dev/null; then echo "dnf install -y java-21-openjdk-devel"
  elif command -v apk >/dev/null; then echo "apk add openjdk21"
  elif command -v pacman >/dev/null; then echo "pacman -S --noconfirm jdk21-openjdk"
  elif command -v zypper >/dev/null; then echo "zypper --non-interactive install java-21-openjdk-devel"
  elif command -v brew >/dev/null; then echo "brew install openjdk@21"
  fi
}

# Says that no Java was found, and what to do.
explain_missing_java() {
  java_command=$(java_install_command)
  echo "No Java $java_needed or newer found (looked at JAVA_HOME, the PATH and the usual places)." >&2
  if [ -n "$java_command" ]; then
    echo "Install one:  $java_command" >&2
  else
    echo "Install one from https://adoptium.net and set JAVA_HOME to its folder." >&2
  fi
}
