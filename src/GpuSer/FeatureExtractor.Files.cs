using System.Diagnostics;
using GpuSer.Audio;
using GpuSer.Audio.Decoding;
using GpuSer.Features.Image;

namespace GpuSer;

/// <content>Files, from decoding to image, spread over the threads.</content>
public sealed partial class FeatureExtractor
{
    private readonly Action<int, int> _filePart;
    private FileBatch _files;
    private int _skipped;

    /// <summary>Who decodes files; null for the processes that all share.</summary>
    internal DecoderPool? Decoders { get; init; }

    /// <summary>
    /// Decodes recordings and makes the image of each, on its own and unpadded, spread over the threads: a recording is decoded, its image
    /// made and handed over before its thread takes the next, so that any number of files needs the memory of one a thread. That is at
    /// most about 12 bytes a sample of the longest recording (and 4 more for each sample of the file where it is resampled), besides 30 MB.
    /// </summary>
    /// <param name="paths">Recordings, as <see cref="AudioFile.ReadMono(string, int, CancellationToken)"/> reads them.</param>
    /// <param name="sink">Takes the images, and the errors of the files that cannot be used; one of these never ends the others, also where it crashes the decoder.</param>
    /// <param name="keepSilence">Whether silent parts stay (see <see cref="VoicedSamples"/>).</param>
    /// <param name="ct">Ends the work early; files handed over before are whole.</param>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public void ComputeFiles(IReadOnlyList<string> paths, IImageSink sink, bool keepSilence = false, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(sink);
        using Activity? activity = StartBatch(paths.Count);
        long start = Stopwatch.GetTimestamp();
        int skipped, found = _cache?.Found ?? 0;
        lock (_batchTurn)
        {
            _skipped = 0;
            for (int i = 0; i < Math.Min(Threads, paths.Count); i++)
            {
                _pipelines[i] ??= new ImagePipeline(_layout);
                _decoders[i] ??= new DecodeBuffer(Decoders);
            }

            _files = new FileBatch(paths, sink, keepSilence, Activity.Current, ct); // the caller's own where nobody listens to this one
            try
            {
                _team.Run(paths.Count, _filePart);
            }
            finally
            {
                _files = default;
                skipped = _skipped;
            }
        }

        Log.FilesDone(_logger, paths.Count, Stopwatch.GetElapsedTime(start).TotalSeconds, Threads, skipped, (_cache?.Found ?? 0) - found);
    }

    private void RunFile(int thread, int index)
    {
        FileBatch batch = _files;
        batch.Cancellation.ThrowIfCancellationRequested();
        if (!ReferenceEquals(Activity.Current, batch.Activity))
        {
            Activity.Current = batch.Activity; // the team's threads know of no caller
        }

        try
        {
            string path = batch.Paths[index];
            Span<float> samples = AudioFile.ReadMono(path, FeatureOptions.SampleRate, _decoders[thread]!, batch.Cancellation);
            if (!batch.KeepSilence)
            {
                samples = samples[..VoicedSamples.SelectInto(samples, samples)];
            }

            if (samples.IsEmpty)
            {
                throw VoicedSamples.Silent(path);
            }

            int frames = Frames(samples.Length);
            Span<float> image = batch.Sink.Begin(index, frames);
            CheckImage(samples.Length, 1, image.Length);
            if (_cache?.TryRead(samples, image) != true)
            {
                _pipelines[thread]!.Run(samples, image, null, batch.Cancellation);
                _cache?.Write(samples, image);
            }

            batch.Sink.Completed(index);
            Telemetry.Made(1);
        }
        catch (GpuSerException error)
        {
            Interlocked.Increment(ref _skipped);
            Telemetry.FilesBad.Add(1);
            Log.FileSkipped(_logger, error.Message);
            batch.Sink.Failed(index, error);
        }
    }

    private readonly record struct FileBatch(IReadOnlyList<string> Paths, IImageSink Sink, bool KeepSilence, Activity? Activity, CancellationToken Cancellation);
}
