using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GpuSer.IO;

namespace GpuSer.Console.Bench;

/// <summary>Runs the same image through librosa, by the script that ships beside the program (<c>bench/peers/librosa_image.py</c>).</summary>
internal static class LibrosaPeer
{
    /// <summary>Makes images of the utterances, in their order, until the time is up.</summary>
    /// <param name="signals">The utterances.</param>
    /// <param name="python">The interpreter.</param>
    /// <param name="threads">Threads that its libraries may use.</param>
    /// <param name="seconds">Time to measure for; one utterance is always made.</param>
    /// <param name="ct">Ends the script.</param>
    /// <returns>Its figures; the ratio is still to be filled in.</returns>
    /// <exception cref="GpuSerException">There is no such interpreter, it has no librosa, or the script failed.</exception>
    public static PeerFigures Run(BenchSignals signals, string python, int threads, double seconds, CancellationToken ct)
    {
        string? folder = null;
        try
        {
            IReadOnlyList<string> paths = signals.Paths;
            if (paths.Count == 0)
            {
                folder = Directory.CreateTempSubdirectory("gpuser-bench-").FullName;
                paths = [.. signals.Signals.Select((signal, i) => Path.Combine(folder, $"{i:000}.npy"))];
                for (int i = 0; i < paths.Count; i++)
                {
                    NpyFile.Write(paths[i], signals.Signals[i].Span, signals.Signals[i].Length);
                }
            }

            return Read(Start(python, threads, seconds, paths, ct), threads);
        }
        finally
        {
            if (folder is not null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static string Start(string python, int threads, double seconds, IReadOnlyList<string> paths, CancellationToken ct)
    {
        ProcessStartInfo start = new(python)
        {
            ArgumentList = { PeerScript.PathOf("librosa_image.py"), "--seconds", seconds.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string variable in (string[])["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"])
        {
            start.Environment[variable] = threads.ToString(CultureInfo.InvariantCulture);
        }

        using Process process = PeerScript.Start(start, "librosa", "librosa");
        using CancellationTokenRegistration stop = ct.Register(() => process.Kill(entireProcessTree: true));
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            foreach (string path in paths)
            {
                // NUL ends a path: it is the one character that no path holds.
                process.StandardInput.Write(Path.GetFullPath(path) + '\0');
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended early; its exit code tells why.
        }

        process.WaitForExit();
        ct.ThrowIfCancellationRequested();
        string told = PeerScript.LastLine(error.GetAwaiter().GetResult());
        return process.ExitCode switch
        {
            0 => output.GetAwaiter().GetResult(),
            PeerScript.NotImportable => throw new GpuSerException(
                $"--peer librosa: {python} cannot import librosa ({told}); install it there with '{python} -m pip install librosa', "
                + "or name an interpreter that has it with --python PATH"),
            int code => throw new GpuSerException($"--peer librosa: the script ended with {code}: {told}"),
        };
    }

    private static PeerFigures Read(string json, int threads)
    {
        try
        {
            JsonElement figures = JsonDocument.Parse(json).RootElement;
            return new PeerFigures(
                "librosa",
                figures.GetProperty("librosa").GetString()!,
                threads,
                figures.GetProperty("utterances").GetInt32(),
                figures.GetProperty("millisecondsPerUtterance").GetDouble(),
                figures.GetProperty("decodeMillisecondsPerUtterance").GetDouble(),
                0);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new GpuSerException("--peer librosa: the script's output is not the document that was expected", error);
        }
    }
}
