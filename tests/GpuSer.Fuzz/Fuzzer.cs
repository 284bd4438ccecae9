namespace GpuSer.Fuzz;

/// <summary>An input that a target did not take as it must.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Fault">What went wrong.</param>
/// <param name="File">Where it is kept; null where inputs are not.</param>
public sealed record FuzzFailure(long Index, string Fault, string? File);

/// <summary>Gives a target one input after another. A reader that never ends is left alone, and a new thread takes the next input.</summary>
/// <param name="target">Who reads.</param>
/// <param name="seed">Which inputs: the same seed gives the same.</param>
/// <param name="kept">Folder that failing inputs are kept in; null for nowhere.</param>
public sealed class Fuzzer(FuzzTarget target, ulong seed, string? kept = null)
{
    /// <summary>A thread that has used so many times what an input may is taken to loop.</summary>
    private const double Patience = 3;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Name of the file in which a failing input is kept.</summary>
    public static string NameOf(FuzzTarget target, ulong seed, long index) => $"{target.Name}-seed{seed}-input{index}{target.Extension}";

    /// <summary>Reads inputs.</summary>
    /// <param name="first">Number of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Stops between two.</param>
    public FuzzReport Run(long first, long count, CancellationToken cancellation = default)
    {
        string folder = Directory.CreateTempSubdirectory("gpuser-fuzz-").FullName;
        try
        {
            FuzzReport report = new(target.Name, seed);
            // Code is compiled and tables are made when they are first used, which is no input's doing.
            for (int i = 0; i < target.Seeds.Count; i++)
            {
                Verdict.Of(target, Written(folder, target.Finish(target.Seeds[i])), 0);
            }

            for (long next = first; next < first + count && !cancellation.IsCancellationRequested;)
            {
                Reading reading = new(next, first + count);
                Thread thread = new(() => Read(reading, Directory.CreateDirectory(Path.Combine(folder, $"{reading.Index}")).FullName, report, cancellation)) { IsBackground = true };
                thread.Start();
                next = Watch(thread, reading) ? first + count : Loops(reading, report) + 1;
            }

            report.End();
            return report;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Read(Reading reading, string folder, FuzzReport report, CancellationToken cancellation)
    {
        reading.Thread = ProcessUse.ThreadNumber();
        for (long i = reading.Index; i < reading.End && !cancellation.IsCancellationRequested; i++)
        {
            byte[] input = target.Input(seed, i);
            string path = Written(folder, input);
            reading.Begin(i);
            Verdict verdict = Verdict.Of(target, path, input.Length);
            if (!reading.TryEnd())
            {
                return; // It came back after all, when somebody else had gone on.
            }

            report.Add(verdict, input.Length, verdict.Fault is null ? null : Keep(i, verdict.Fault, input));
        }
    }

    /// <summary>Waits for a thread.</summary>
    /// <returns>Whether it came to its end; false where it was given up.</returns>
    private bool Watch(Thread thread, Reading reading)
    {
        while (!thread.Join(Look))
        {
            if (reading.Seconds() > Patience * target.Limits.Seconds && reading.TryEnd())
            {
                return false;
            }
        }

        return true;
    }

    private long Loops(Reading reading, FuzzReport report)
    {
        byte[] input = target.Input(seed, reading.Index);
        string fault = $"did not end within {Patience * target.Limits.Seconds} s of processor time";
        report.Add(new Verdict(null, fault, 0, Patience * target.Limits.Seconds), input.Length, Keep(reading.Index, fault, input));
        return reading.Index;
    }

    private FuzzFailure Keep(long index, string fault, byte[] input)
    {
        string? file = null;
        if (kept is not null)
        {
            Directory.CreateDirectory(kept);
            File.WriteAllBytes(file = Path.Combine(kept, NameOf(target, seed, index)), input);
        }

        return new FuzzFailure(index, fault, file);
    }

    private string Written(string folder, byte[] input)
    {
        string path = Path.Combine(folder, "input" + target.Extension);
        File.WriteAllBytes(path, input);
        return path;
    }

    /// <summary>What a thread is at; looked at by the one that watches it.</summary>
    private sealed class Reading(long first, long end)
    {
        private readonly Lock _turn = new();
        private bool _busy;
        private double _begun;

        public long Index { get; private set; } = first;

        public long End => end;

        public int Thread { get; set; }

        public void Begin(long index)
        {
            lock (_turn)
            {
                (Index, _begun, _busy) = (index, ProcessUse.ThreadSeconds(), true);
            }
        }

        /// <summary>Ends the input that is being read; false where it was ended before.</summary>
        public bool TryEnd()
        {
            lock (_turn)
            {
                return _busy && !(_busy = false);
            }
        }

        /// <summary>Processor seconds of the input that is being read.</summary>
        public double Seconds()
        {
            lock (_turn)
            {
                return _busy ? ProcessUse.ThreadSeconds(Thread) - _begun : 0;
            }
        }
    }
}
