using System.ComponentModel;
using System.Diagnostics;
using GpuSer.IO;

namespace GpuSer.Console.Demo;

/// <summary>
/// Speaks a small corpus with espeak-ng's German voices, in EMO-DB's file names. It is synthetic: it shows that the whole
/// chain works, and says nothing about people.
/// </summary>
internal static class DemoCorpus
{
    /// <summary>Writes every speaker, sentence and emotion as <c>folder/03a01Fa.wav</c>, the same bytes for the same seed.</summary>
    /// <returns>Number of recordings.</returns>
    /// <exception cref="GpuSerException">espeak-ng is missing or fails.</exception>
    public static int Write(string folder, int seed, Action<int, int> progress, CancellationToken cancellation)
    {
        AtomicFile.CreateFolder(folder);
        (string Path, string[] Arguments)[] jobs = [.. Jobs(folder, seed)];
        int done = 0;
        ParallelOptions options = new() { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.ForEach(jobs, options, job =>
            {
                Speak(job.Path, job.Arguments);
                progress(Interlocked.Increment(ref done), jobs.Length);
            });
        }
        catch (AggregateException error) when (error.InnerException is GpuSerException inner)
        {
            throw inner;
        }

        return jobs.Length;
    }

    private static IEnumerable<(string Path, string[] Arguments)> Jobs(string folder, int seed)
    {
        Random random = new(seed);
        foreach (DemoVoice voice in DemoVoices.Speakers)
        {
            foreach ((string code, string text) in DemoVoices.Sentences)
            {
                foreach (DemoProsody prosody in DemoVoices.Emotions)
                {
                    // Nobody speaks twice alike: every recording strays a little from its emotion's figures.
                    int pitch = Math.Clamp(prosody.Pitch + voice.BasePitch + random.Next(-4, 5), 0, 99);
                    int rate = prosody.Rate + random.Next(-5, 6);
                    int range = Math.Max(0, prosody.Range + random.Next(-6, 7));
                    string file = Path.Combine(folder, $"{voice.Speaker}{code}{prosody.Letter}a.wav");
                    string spoken = $"<speak><prosody range='{range}%'>{text}</prosody></speak>";
                    yield return (file, ["-v", voice.Voice, "-m", "-p", $"{pitch}", "-s", $"{rate}", "-w", file, spoken]);
                }
            }
        }
    }

    private static void Speak(string path, string[] arguments)
    {
        try
        {
            ProcessStartInfo start = new("espeak-ng", arguments) { RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            string complaint = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            if (process.ExitCode != 0 || !File.Exists(path))
            {
                throw new GpuSerException($"{path}: espeak-ng failed with status {process.ExitCode}: {complaint}");
            }
        }
        catch (Win32Exception error)
        {
            throw new GpuSerException("espeak-ng is not here; install it with: sudo apt-get install -y espeak-ng", error);
        }
    }
}
