using System.Diagnostics;
using GpuSer.Cuda;

namespace GpuSer.PtxEmulator;

public sealed unsafe partial class EmulatedCudaDriver
{
    /// <inheritdoc/>
    public nint StreamCreate() => Locked("cuStreamCreate", () => _handles.Add(new EmulatedStream()));

    /// <inheritdoc/>
    public void StreamDestroy(nint stream) => Locked("cuStreamDestroy", () => { _handles.Remove<EmulatedStream>("cuStreamDestroy", stream); });

    /// <inheritdoc/>
    public void StreamSynchronize(nint stream) => Locked("cuStreamSynchronize", () => CheckStream("cuStreamSynchronize", stream));

    /// <inheritdoc/>
    public void StreamWaitEvent(nint stream, nint recordedEvent) => Locked("cuStreamWaitEvent", () =>
    {
        CheckStream("cuStreamWaitEvent", stream);
        _handles.Get<EmulatedEvent>("cuStreamWaitEvent", recordedEvent); // an event never recorded holds nobody up
    });

    /// <inheritdoc/>
    public nint EventCreate(bool timing) => Locked("cuEventCreate", () => _handles.Add(new EmulatedEvent(timing)));

    /// <inheritdoc/>
    public void EventDestroy(nint handle) => Locked("cuEventDestroy", () => { _handles.Remove<EmulatedEvent>("cuEventDestroy", handle); });

    /// <inheritdoc/>
    public void EventRecord(nint handle, nint stream) => Locked("cuEventRecord", () =>
    {
        CheckStream("cuEventRecord", stream);
        _handles.Get<EmulatedEvent>("cuEventRecord", handle).RecordedAt = Stopwatch.GetTimestamp();
    });

    /// <inheritdoc/>
    public void EventSynchronize(nint handle) => Locked("cuEventSynchronize", () => { _handles.Get<EmulatedEvent>("cuEventSynchronize", handle); });

    /// <inheritdoc/>
    public float EventElapsed(nint start, nint end) => Locked("cuEventElapsedTime", () =>
    {
        EmulatedEvent first = _handles.Get<EmulatedEvent>("cuEventElapsedTime", start);
        EmulatedEvent second = _handles.Get<EmulatedEvent>("cuEventElapsedTime", end);
        if (!first.HasTiming || !second.HasTiming || first.RecordedAt is not long from || second.RecordedAt is not long to)
            throw new CudaException("cuEventElapsedTime", "CUDA_ERROR_INVALID_HANDLE", "both events must be recorded, and created with timing");
        return (float)Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
    });

    private sealed class EmulatedEvent(bool hasTiming)
    {
        public bool HasTiming { get; } = hasTiming;

        public long? RecordedAt { get; set; }
    }
}
