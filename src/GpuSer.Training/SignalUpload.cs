using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuSer.Audio;
using GpuSer.Cuda;

namespace GpuSer.Training;

/// <summary>
/// Brings the signals of batches to where kernels find them. Signals that are kept lie on the device already, and only what describes a batch is
/// copied; others pass through page-locked buffers that take turns, so that no copy is waited for.
/// </summary>
internal sealed class SignalUpload : IDisposable
{
    private readonly CudaContext _context;
    private readonly CudaStream _stream;
    private readonly long _mostKept;
    private readonly Dictionary<float[], long> _starts = new(ReferenceEqualityComparer.Instance);
    private readonly Turn[] _turns;
    private DeviceBuffer<float>? _kept, _passing;
    private DeviceBuffer<byte>? _described;
    private int _turn;

    /// <summary>Makes an upload without buffers yet.</summary>
    /// <param name="context">The device.</param>
    /// <param name="stream">The stream that the copies and the kernels which read them run on.</param>
    /// <param name="mostKept">The most bytes of signals to keep.</param>
    public SignalUpload(CudaContext context, CudaStream stream, long mostKept)
    {
        (_context, _stream, _mostKept) = (context, stream, mostKept);
        _turns = [new Turn(context), new Turn(context)];
    }

    /// <summary>Device address of the batch's samples.</summary>
    public ulong Samples { get; private set; }

    /// <summary>Device address of where each signal begins, 64-bit. [shape=(batch)]</summary>
    public ulong Starts => _described!.Address;

    /// <summary>Device address of each signal's energy, 64-bit; where the batch is augmented. [shape=(batch)]</summary>
    public ulong Energies { get; private set; }

    /// <summary>Device address of what is done to each signal; where the batch is augmented. [shape=(batch)]</summary>
    public ulong Draws { get; private set; }

    /// <summary>Device address of the samples of each signal, 32-bit. [shape=(batch)]</summary>
    public ulong Lengths { get; private set; }

    /// <summary>Keeps signals on the device if all of them fit.</summary>
    public void Keep(IReadOnlyList<float[]> signals)
    {
        long count = signals.Sum(signal => (long)signal.Length);
        if (_kept is not null || count == 0 || count * sizeof(float) > _mostKept)
        {
            return;
        }

        try
        {
            _kept = new DeviceBuffer<float>(_context, count);
        }
        catch (CudaOutOfMemoryException)
        {
            return; // They pass through, batch by batch.
        }

        long start = 0;
        foreach (float[] signal in signals)
        {
            _kept.CopyFrom(signal, _stream, start);
            _starts[signal] = start;
            start += signal.Length;
        }
    }

    /// <summary>Queues what a batch needs; the addresses hold for kernels queued before the next call.</summary>
    public void Run(SignalBatch batch)
    {
        Turn turn = _turns[_turn ^= 1];
        turn.Wait();
        int count = batch.Signals.Count, total = checked(batch.Signals.Sum(signal => signal.Length));
        Span<long> starts = turn.Describe(count, out Span<long> energies, out Span<SignalAugmentation> draws, out Span<int> lengths);
        bool kept = TryFind(batch, starts);
        Span<float> passing = kept ? [] : turn.Pass(total);
        for (int i = 0, start = 0; i < count; i++)
        {
            ReadOnlySpan<float> signal = batch.Signals[i].Span;
            lengths[i] = signal.Length;
            if (batch.Augmentation is { } augmentation)
            {
                (energies[i], draws[i]) = (SignalAugmentation.Energy(signal), augmentation.Signals[i]);
            }

            if (!kept)
            {
                signal.CopyTo(passing[start..]);
                starts[i] = start;
                start += signal.Length;
            }
        }

        int bytes = count * Turn.BytesOfSignal;
        AtLeast(ref _described, bytes).QueueCopyFrom(turn.Described!, bytes, _stream);
        Samples = kept ? _kept!.Address : AtLeast(ref _passing, total).Address;
        if (!kept)
        {
            _passing!.QueueCopyFrom(turn.Passing!, total, _stream);
        }

        turn.Queued(_stream);
        Energies = Starts + ((ulong)count * sizeof(long));
        Draws = Energies + ((ulong)count * sizeof(long));
        Lengths = Draws + ((ulong)count * (ulong)Unsafe.SizeOf<SignalAugmentation>());
    }

    /// <summary>Frees everything; the stream must have finished.</summary>
    public void Dispose()
    {
        _kept?.Dispose();
        _passing?.Dispose();
        _described?.Dispose();
        Array.ForEach(_turns, turn => turn.Dispose());
    }

    private bool TryFind(SignalBatch batch, Span<long> starts)
    {
        for (int i = 0; i < starts.Length; i++)
        {
            if (!MemoryMarshal.TryGetArray(batch.Signals[i], out ArraySegment<float> part) || !_starts.TryGetValue(part.Array!, out long start))
            {
                return false;
            }

            starts[i] = start + part.Offset;
        }

        return true;
    }

    // Kernels that read the old buffer may still be queued.
    private DeviceBuffer<T> AtLeast<T>(ref DeviceBuffer<T>? buffer, int count)
        where T : unmanaged
    {
        if (buffer is null || buffer.Count < count)
        {
            _stream.Synchronize();
            buffer?.Dispose();
            buffer = null;
            buffer = new DeviceBuffer<T>(_context, count);
        }

        return buffer;
    }

    /// <summary>Page-locked memory for one batch, and when it may be written again.</summary>
    private sealed class Turn(CudaContext context) : IDisposable
    {
        public static readonly int BytesOfSignal = (2 * sizeof(long)) + Unsafe.SizeOf<SignalAugmentation>() + sizeof(int);

        private readonly CudaEvent _copied = new(context);

        public PinnedBuffer<byte>? Described { get; private set; }

        public PinnedBuffer<float>? Passing { get; private set; }

        public void Wait() => _copied.Synchronize();

        public void Queued(CudaStream stream) => _copied.Record(stream);

        public Span<long> Describe(int count, out Span<long> energies, out Span<SignalAugmentation> draws, out Span<int> lengths)
        {
            Described = AtLeast(Described, count * BytesOfSignal);
            Span<byte> bytes = Described.Values[..(count * BytesOfSignal)];
            bytes.Clear();
            Span<long> numbers = MemoryMarshal.Cast<byte, long>(bytes)[..(2 * count)];
            int drawsAt = 2 * count * sizeof(long), lengthsAt = drawsAt + (count * Unsafe.SizeOf<SignalAugmentation>());
            energies = numbers[count..];
            draws = MemoryMarshal.Cast<byte, SignalAugmentation>(bytes[drawsAt..lengthsAt]);
            lengths = MemoryMarshal.Cast<byte, int>(bytes[lengthsAt..]);
            return numbers[..count];
        }

        public Span<float> Pass(int count)
        {
            Passing = AtLeast(Passing, count);
            return Passing.Values[..count];
        }

        public void Dispose()
        {
            Described?.Dispose();
            Passing?.Dispose();
            _copied.Dispose();
        }

        private PinnedBuffer<T> AtLeast<T>(PinnedBuffer<T>? buffer, int count)
            where T : unmanaged
        {
            if (buffer is not null && buffer.Count >= count)
            {
                return buffer;
            }

            buffer?.Dispose();
            return new PinnedBuffer<T>(context, count);
        }
    }
}
