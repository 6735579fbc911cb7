#!/bin/sh
# Runs on each machine, in the home of its user. One file a question, so that diff names what differs.
set -eu
rm -rf results
mkdir results
uname -sr >results/kernel
getconf PAGESIZE >results/page-size
ulimit -a >results/limits
for setting in fs/file-max vm/overcommit_memory vm/swappiness net/ipv4/tcp_congestion_control; do
  [ -r "/proc/sys/$setting" ] && echo "$setting $(cat "/proc/sys/$setting")"
done >results/settings
sed -n 's/^nodev//p; s/^\t//p' /proc/filesystems | sort -u >results/filesystems
