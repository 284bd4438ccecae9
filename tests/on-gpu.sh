#!/usr/bin/env bash
# Verifies and times every kernel on a machine with an NVIDIA GPU. The machine needs NVIDIA's driver, this script, a
# self-contained publish (./gpuser publish DIR, made anywhere) and the golden files; no .NET, no compiler, no network.
#
#   tests/on-gpu.sh PUBLISH [GOLDEN] [--device emulated] [--libraries]
#
# PUBLISH is the publish's folder, GOLDEN that of the golden files (GPUSER_SHARED/golden where it is not given). Exits
# with 0 where every comparison is within its tolerance. With --device emulated the kernels are executed on the CPU,
# compared in the same way, and not timed. With --libraries the images that cuFFT and cuBLAS have a part in are compared,
# too; the CUDA toolkit's libraries must then be there. GPUSER_SHAPE is the batch that is timed and compared with the CPU.
set -euo pipefail

shape=${GPUSER_SHAPE:-16x66150}
device=cuda
libraries=no
folders=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --device) device=${2:-none}; shift; shift || true ;;
    --libraries) libraries=yes; shift ;;
    -*) echo "on-gpu.sh: $1 is no option of this script" >&2; exit 2 ;;
    *) folders+=("$1"); shift ;;
  esac
done

publish=${folders[0]:-}
golden=${folders[1]:-${GPUSER_SHARED:+$GPUSER_SHARED/golden}}
if [[ -z $publish || -z $golden || ${#folders[@]} -gt 2 || ! $device =~ ^(cuda|emulated)$ ]]; then
  echo 'usage: tests/on-gpu.sh PUBLISH [GOLDEN] [--device cuda|emulated] [--libraries]; GOLDEN may be left out where GPUSER_SHARED names its parent' >&2
  exit 2
fi

status=0
"$publish/GpuSer.Console" verify "$golden" --device "$device" --shape "$shape" || status=$?
if [[ $libraries == yes && $status -le 1 ]]; then
  "$publish/GpuSer.Console" verify "$golden" --device "$device" --shape "$shape" --stft cufft --filter-bank cublas || status=$?
fi
# A comparison that failed (1) is no reason not to time; no GPU or no golden files (2) is.
if [[ $device == cuda && $status -le 1 ]]; then
  "$publish/GpuSer.Console" kernels --device cuda --shape "$shape" || status=$?
fi
exit "$status"
