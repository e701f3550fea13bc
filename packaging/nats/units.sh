#!/bin/bash
# Writes units of systemd for everything that sttp-nats does day and night.
#   units.sh BIN_DIRECTORY FOLDER
set -eu

bin=${1:?usage: units.sh BIN_DIRECTORY FOLDER}
folder=${2:?usage: units.sh BIN_DIRECTORY FOLDER}
for role in ingest serve tstp-out tstp-in; do
    unit=$folder/sttp-nats-$role@.service
    sed -e "s:@BINDIR@:$bin:" -e "s:@ROLE@:$role:g" "$(dirname "${BASH_SOURCE[0]}")/sttp-nats.service.in" >"$unit"
    chmod 644 "$unit"
done
