using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace GpuSer.Audio.Decoding;

/// <summary>Answers of a decoding process, read with an end to waiting.</summary>
/// <param name="stream">The process's standard output.</param>
/// <param name="patience">How long nothing may come; it is no bound of the whole work, which a busy machine may draw out.</param>
internal sealed partial class DecoderPipe(PipeStream stream, TimeSpan patience)
{
    private const short Readable = 1;
    private const int Slice = 100;

    private readonly int _descriptor = (int)stream.SafePipeHandle.DangerousGetHandle();

    /// <summary>Reads until a span is full.</summary>
    /// <returns>False where the process has ended before.</returns>
    /// <exception cref="TimeoutException">Nothing came for too long.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public bool Read(Span<byte> to, CancellationToken ct)
    {
        while (!to.IsEmpty)
        {
            Wait(ct);
            int got = stream.Read(to);
            if (got == 0)
            {
                return false;
            }

            to = to[got..];
        }

        return true;
    }

    /// <summary>Reads values until a span is full.</summary>
    public bool Read<T>(Span<T> to, CancellationToken ct)
        where T : unmanaged => Read(MemoryMarshal.AsBytes(to), ct);

    private void Wait(CancellationToken ct)
    {
        Poll poll = new() { Descriptor = _descriptor, Events = Readable };
        for (int waited = 0; ; waited += Slice)
        {
            ct.ThrowIfCancellationRequested(); // also where something comes all the time
            if (PollAll(ref poll, 1, Slice) > 0)
            {
                return;
            }

            if (waited >= patience.TotalMilliseconds)
            {
                throw new TimeoutException();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int PollAll(ref Poll polls, nuint count, int milliseconds);

    private struct Poll
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
