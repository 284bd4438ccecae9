using System.ComponentModel;

namespace GpuSer.Audio.Decoding;

/// <summary>
/// The processes that decode: as many as there are threads that decode at once, started when they are first needed and used for one file after another.
/// A file that makes one crash, loop, or take all memory is refused, and another process serves the next. Where none can be started, decoding happens in
/// this process: for good where none ever could, and otherwise until one can, since what a busy machine lacks (processes, descriptors, memory) comes back.
/// </summary>
/// <param name="program">The program; null for none.</param>
/// <param name="patience">How long a process may say nothing.</param>
internal sealed class DecoderPool(string? program, TimeSpan patience) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Stack<DecoderProcess> _idle = new();
    private readonly HashSet<int> _numbers = [];
    private volatile bool _served; // one has started: the program is as it should be
    private volatile string? _problem = program is null ? "the program gpuser-decode is not beside it" : null;

    /// <summary>The pool of this process.</summary>
    public static DecoderPool Shared { get; } = new(DecoderProgram.Find(), Patience);

    /// <summary>Why files are, or some were, decoded in this process, by the last start that failed; null where all were decoded in others.</summary>
    public string? Problem => _problem;

    /// <summary>Numbers of the processes that were started and not ended.</summary>
    public int[] Numbers
    {
        get
        {
            lock (_idle)
            {
                return [.. _numbers];
            }
        }
    }

    /// <summary>Reads a recording's header.</summary>
    /// <exception cref="AudioException">It is not audio that can be decoded.</exception>
    /// <exception cref="DllNotFoundException">There is no libsndfile.</exception>
    public AudioInfo ReadInfo(string path, CancellationToken ct = default)
    {
        if (Ask(path, samples: false) is not { } process)
        {
            return OwnDecoder.ReadInfo(path);
        }

        bool ended = false;
        try
        {
            return process.ReadInfo(path, out ended, ct);
        }
        finally
        {
            Return(process, ended);
        }
    }

    /// <summary>Decodes a recording, the mean of its channels.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="buffer">Where the samples go.</param>
    /// <param name="rate">Samples a second.</param>
    /// <param name="ct">Ends the decoding early.</param>
    /// <returns>How many samples there are.</returns>
    /// <exception cref="AudioException">It is not audio that can be decoded, is damaged, or ends the decoder.</exception>
    /// <exception cref="DllNotFoundException">There is no libsndfile.</exception>
    public int Decode(string path, long bytes, DecodeBuffer buffer, out int rate, CancellationToken ct)
    {
        if (Ask(path, samples: true) is not { } process)
        {
            return OwnDecoder.Decode(path, bytes, buffer, out rate, ct);
        }

        bool ended = false;
        try
        {
            AudioInfo info = process.ReadInfo(path, out ended, ct);
            ended = false;
            DecodedAudio audio = new(path, bytes, info, buffer);
            rate = info.SampleRate;
            return process.ReadSamples(path, ref audio, out ended, ct);
        }
        finally
        {
            Return(process, ended);
        }
    }

    /// <summary>Ends the idle processes.</summary>
    public void Dispose()
    {
        lock (_idle)
        {
            while (_idle.TryPop(out DecoderProcess? process))
            {
                End(process);
            }
        }
    }

    /// <summary>Asks a process for a file.</summary>
    /// <returns>The process, to be returned; null where none can be started.</returns>
    private DecoderProcess? Ask(string path, bool samples)
    {
        // One that was idle may have been ended by others meanwhile; a new one has not.
        while (Rent() is { } process)
        {
            if (process.TryAsk(path, samples))
            {
                return process;
            }

            Return(process, usable: false);
        }

        return null;
    }

    private DecoderProcess? Rent()
    {
        lock (_idle)
        {
            if (_idle.TryPop(out DecoderProcess? process))
            {
                return process;
            }
        }

        return _problem is null || _served ? Start() : null;
    }

    private DecoderProcess? Start()
    {
        try
        {
            if (DecoderProcess.Start(program!, patience) is { } process)
            {
                lock (_idle)
                {
                    _numbers.Add(process.Id);
                }

                _served = true;
                return process;
            }

            _problem = $"{program} does not answer as it should; build it again";
        }
        catch (Win32Exception error)
        {
            _problem = $"{program} cannot be started ({error.Message})";
        }

        return null;
    }

    private void Return(DecoderProcess process, bool usable)
    {
        lock (_idle)
        {
            if (usable)
            {
                _idle.Push(process);
            }
            else
            {
                End(process);
            }
        }
    }

    private void End(DecoderProcess process)
    {
        _numbers.Remove(process.Id);
        process.Dispose();
    }
}
