using GpuSer.Audio;
using GpuSer.IO;

namespace GpuSer.Training.Data;

/// <summary>Decodes the recordings of a corpus, which stay in memory: all of EMO-DB is 130 MB.</summary>
internal static class VoicedLoader
{
    /// <summary>Decodes and selects the voiced samples of each recording; a file that cannot be used is listed and the rest goes on.</summary>
    /// <param name="utterances">What to read.</param>
    /// <param name="threads">How many files to read at once; 0 for one a core.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <returns>The recordings in the order given, and the files that could not be used.</returns>
    public static (IReadOnlyList<VoicedUtterance> Loaded, IReadOnlyList<BadFile> BadFiles) Load(
        IReadOnlyList<Utterance> utterances, int threads, CancellationToken cancellation)
    {
        VoicedUtterance?[] loaded = new VoicedUtterance?[utterances.Count];
        BadFile?[] bad = new BadFile?[utterances.Count];
        ParallelOptions parallel = new()
        {
            MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads,
            CancellationToken = cancellation,
        };
        Parallel.For(0, utterances.Count, parallel, i =>
        {
            try
            {
                loaded[i] = new VoicedUtterance(utterances[i], Read(utterances[i].Path, cancellation));
            }
            catch (GpuSerException error)
            {
                Telemetry.FilesBad.Add(1);
                bad[i] = Bad(utterances[i].Path, error);
            }
        });
        return ([.. loaded.OfType<VoicedUtterance>()], [.. bad.OfType<BadFile>()]);
    }

    /// <summary>Decodes one recording and selects its voiced samples.</summary>
    /// <exception cref="GpuSerException">The file cannot be used.</exception>
    internal static float[] Read(string path, CancellationToken cancellation) =>
        VoicedSamples.SelectOrThrow(path, AudioFile.ReadMono(path, ct: cancellation));

    /// <summary>A file that could not be used, without its path in the reason: lists show that by themselves.</summary>
    internal static BadFile Bad(string path, GpuSerException error) =>
        new(path, error is InvalidFileException file && file.Path == path ? file.Problem : error.Message);
}
