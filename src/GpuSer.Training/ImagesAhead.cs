using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>Makes the images of the next batch on another thread while this one's are in use: one batch ahead at the most.</summary>
internal sealed class ImagesAhead(ImageBatch images) : IDisposable
{
    private SignalBatch? _batch;
    private Task _making = Task.CompletedTask;

    /// <summary>Begins a batch; the one begun before must have been taken.</summary>
    public void Begin(SignalBatch batch, CancellationToken cancellation)
    {
        _batch = batch;
        _making = Task.Run(() => images.Begin(batch, cancellation), CancellationToken.None);
    }

    /// <summary>The images of a batch: waited for where it was begun, else made now.</summary>
    public Tensor Take(SignalBatch batch, CancellationToken cancellation)
    {
        bool begun = ReferenceEquals(_batch, batch);
        _batch = null;
        if (begun)
        {
            _making.GetAwaiter().GetResult();
        }
        else
        {
            Wait();
            images.Begin(batch, cancellation);
        }

        return images.Take();
    }

    /// <summary>Waits for what was begun and not taken; nobody asks for its errors any more.</summary>
    public void Dispose() => Wait();

    private void Wait() => ((IAsyncResult)_making).AsyncWaitHandle.WaitOne();
}
