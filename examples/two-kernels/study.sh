#!/usr/bin/env bash
# Runs probe.sh on several distros side by side and shows how their answers differ.
#   ./study.sh [distro…]        default: debian-12 debian-13; the first one is compared with each of the others
# PROVIDER=aws ./study.sh       on a cloud instead of this computer
# Results: results/<distro>/ and results/<distro>.diff. Differences are the result, so they do not make it fail.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

distros=("$@")
[ $# -gt 0 ] || distros=(debian-12 debian-13)
provider=${PROVIDER:-local}
export DISTROLAB_SESSION=${DISTROLAB_SESSION:-two-kernels-$$}

lab_of() { echo "study-${1//./-}"; }

probe() {
  local distro=$1 lab
  lab=$(lab_of "$distro")
  distrolab up --profile "$distro-$provider" --name "$lab" --on-failure destroy --ttl 1h -q
  distrolab exec "$lab" --timeout 10m --copy probe.sh:probe.sh --fetch results:"results/$distro" -- sh probe.sh
}

# Whatever happens, no lab of this study stays; the study fails if one does.
finish() {
  local code=$?
  distrolab cleanup --session -y -q >&2 || code=$?
  exit "$code"
}
trap finish EXIT

rm -rf results
mkdir results
pids=()
for distro in "${distros[@]}"; do
  probe "$distro" >"results/$distro.log" 2>&1 &
  pids+=($!)
done
failed=0
for i in "${!distros[@]}"; do
  wait "${pids[$i]}" && continue
  failed=1
  echo "${distros[$i]} failed:" >&2
  cat "results/${distros[$i]}.log" >&2
done
[ "$failed" = 0 ] || exit 1

first=${distros[0]}
for distro in "${distros[@]:1}"; do
  diff -ru "results/$first" "results/$distro" >"results/$distro.diff" || [ $? = 1 ]
  echo "== $first and $distro"
  cat "results/$distro.diff"
done
