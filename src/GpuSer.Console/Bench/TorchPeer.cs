using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GpuSer.Training;

namespace GpuSer.Console.Bench;

/// <summary>PyTorch's own training step in a process beside ours, by the script that ships with the program (<c>bench/peers/torch_step.py</c>).</summary>
internal sealed class TorchPeer : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly CancellationTokenRegistration _stop;
    private readonly string _python;
    private readonly CancellationToken _ct;

    private TorchPeer(Process process, string python, CancellationToken ct)
    {
        (_process, _python, _ct) = (process, python, ct);
        _error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        _stop = ct.Register(Kill);
    }

    /// <summary>Version of PyTorch.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Where its network came from.</summary>
    public string Network { get; private set; } = "";

    /// <summary>Its threads.</summary>
    public int Threads { get; private set; }

    /// <summary>The file of libtorch that it has loaded; null where it could not tell.</summary>
    public string? Library { get; private set; }

    /// <summary>Starts the script, which makes its network and then waits to be asked for steps.</summary>
    /// <param name="python">The interpreter.</param>
    /// <param name="settings">Its environment.</param>
    /// <param name="options">Size of the step.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="ct">Ends the script.</param>
    /// <exception cref="GpuSerException">There is no such interpreter, it has no PyTorch, or the script failed.</exception>
    public static TorchPeer Start(string python, TorchSettings settings, SyntheticStepOptions options, int threads, CancellationToken ct)
    {
        ProcessStartInfo start = new(python)
        {
            ArgumentList =
            {
                PeerScript.PathOf("torch_step.py"), "--on-request", "--batch", Text(options.Batch), "--frames", Text(options.Frames), "--rows", Text(FeatureExtractor.Rows),
                "--classes", Text(options.Network.Classes), "--width-divisor", Text(options.Network.WidthDivisor), "--threads", Text(threads),
            },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = Text(threads);
        foreach ((string name, string? value) in settings.Variables)
        {
            start.Environment[name] = value;
        }

        TorchPeer peer = new(PeerScript.Start(start, "torch", "PyTorch"), python, ct);
        try
        {
            (peer.Version, peer.Network, peer.Threads, peer.Library) = peer.Read(about => (
                about.GetProperty("torch").GetString()!,
                about.GetProperty("network").GetString()!,
                about.GetProperty("threads").GetInt32(),
                about.GetProperty("library").GetString()));
            return peer;
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    /// <summary>Has the script make a step, and waits for it.</summary>
    public StepFigures Run()
    {
        try
        {
            _process.StandardInput.WriteLine("step");
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended; reading tells why.
        }

        return Read(step => new StepFigures(
            step.GetProperty("seconds").GetDouble(),
            step.GetProperty("forward").GetDouble(),
            step.GetProperty("backward").GetDouble(),
            step.GetProperty("optimiser").GetDouble(),
            step.GetProperty("processor").GetDouble()));
    }

    public void Dispose()
    {
        _stop.Dispose();
        Kill();
        _process.Dispose();
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private T Read<T>(Func<JsonElement, T> take)
    {
        string? line = _process.StandardOutput.ReadLine();
        _ct.ThrowIfCancellationRequested();
        if (line is null)
        {
            throw Ended();
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return take(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new GpuSerException($"--peer torch: the script said '{line}', which is not the JSON that was expected", error);
        }
    }

    private GpuSerException Ended()
    {
        _process.WaitForExit();
        string last = PeerScript.LastLine(_error.GetAwaiter().GetResult());
        return _process.ExitCode == PeerScript.NotImportable
            ? new GpuSerException(
                $"--peer torch: {_python} cannot import torch ({last}); install it (Debian: apt-get install --no-install-recommends python3-torch), "
                + "or name an interpreter that has it with --python PATH")
            : new GpuSerException($"--peer torch: the script ended with {_process.ExitCode}: {last}");
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }
}
