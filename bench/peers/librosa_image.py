"""The (T, 230) image by librosa, as the notebook of Ragheb et al. (2022) makes it; timed. Runs with librosa 0.10 or newer.

Reads paths from standard input, each ended by NUL, since a path may hold a line break: recordings, or mono float32 .npy signals at 22,050 Hz. Makes
their images in that order until the time is up, at least one, and prints one JSON document. Decoding and the selection of voiced samples are timed
apart. `gpuser bench --peer librosa` runs it; alone:

    printf '%s\\0' DIR/*.wav | python3 librosa_image.py --seconds 20
    printf '%s\\0' DIR/*.wav | python3 librosa_image.py --write OUT      # also writes OUT/<stem>.npy, to compare

Exits with 3 where librosa cannot be imported.
"""
import argparse
import json
import os
import sys
import time

try:
    import librosa
    import numpy as np
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)

SAMPLE_RATE = 22050
REACH = 1102
THRESHOLD = 0.0005
ROWS = 230


def load(path):
    """Mono float32 samples at 22,050 Hz."""
    if path.endswith(".npy"):
        return np.load(path)
    return librosa.load(path, sr=SAMPLE_RATE, mono=True, res_type="soxr_hq")[0]


def voiced(y):
    """The samples round which the mean magnitude over 0.1 s is above the threshold (the notebook's envelope)."""
    total = np.concatenate([[0.0], np.cumsum(np.abs(y), dtype=np.float64)])
    i = np.arange(len(y))
    first, end = np.maximum(0, i - REACH), np.minimum(len(y), i + REACH + 1)
    return y[(total[end] - total[first]) / (end - first) > THRESHOLD]


def image(y):
    """Six features, each by librosa's own function on the samples; rows over their largest magnitude; (T, 230)."""
    sr = SAMPLE_RATE
    mfcc = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=13)
    mel = librosa.feature.melspectrogram(y=y, sr=sr, n_mels=128)
    chroma = librosa.feature.chroma_stft(y=y, sr=sr)
    contrast = librosa.feature.spectral_contrast(y=y, sr=sr)
    tonnetz = librosa.feature.tonnetz(y=y, sr=sr)
    harmonic = librosa.feature.melspectrogram(y=librosa.effects.harmonic(y), sr=sr, n_mels=64)
    percussive = librosa.feature.melspectrogram(y=librosa.effects.percussive(y), sr=sr, n_mels=64)
    frames = min(block.shape[1] for block in (mfcc, mel, chroma, contrast, tonnetz, harmonic, percussive))
    blocks = (mfcc, mel, chroma, contrast, tonnetz, (harmonic + percussive) / 2)
    rows = np.concatenate([block[:, :frames] for block in blocks]).astype(np.float32)
    largest = np.abs(rows).max(axis=1, keepdims=True)
    return (rows / np.where(largest < np.finfo(np.float32).tiny, 1, largest)).T


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20, help="time to make images for, roughly")
    parser.add_argument("--write", metavar="DIR", help="write each image there too")
    arguments = parser.parse_args()
    paths = [os.fsdecode(path) for path in sys.stdin.buffer.read().split(b"\0") if path]
    if not paths:
        sys.exit("give paths on standard input, each ended by NUL")

    # librosa imports and compiles what it needs when it is first used: that is not the image's time.
    image(voiced(load(paths[0])))
    decoding, making, samples = [], [], 0
    begin = time.perf_counter()
    for path in paths:
        start = time.perf_counter()
        y = voiced(load(path))
        decoded = time.perf_counter()
        made = image(y)
        end = time.perf_counter()
        assert made.shape[1] == ROWS, f"{path}: {made.shape[1]} rows instead of {ROWS}"
        decoding.append(decoded - start)
        making.append(end - decoded)
        samples += len(y)
        if arguments.write:
            os.makedirs(arguments.write, exist_ok=True)
            stem = os.path.splitext(os.path.basename(path))[0]
            np.save(os.path.join(arguments.write, stem + ".npy"), np.ascontiguousarray(made, dtype=np.float32))
        if end - begin > arguments.seconds:
            break

    print(json.dumps({
        "librosa": librosa.__version__,
        "utterances": len(making),
        "secondsPerUtterance": samples / SAMPLE_RATE / len(making),
        "millisecondsPerUtterance": 1000 * sum(making) / len(making),
        "fastestMillisecondsPerUtterance": 1000 * min(making),
        "decodeMillisecondsPerUtterance": 1000 * sum(decoding) / len(decoding),
        "timesRealTime": samples / SAMPLE_RATE / sum(making),
    }))


if __name__ == "__main__":
    main()
