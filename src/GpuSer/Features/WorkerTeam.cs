using System.Runtime.ExceptionServices;

namespace GpuSer.Features;

/// <summary>
/// Threads that share the numbered, independent parts of one piece of work at a time, the calling thread among them. Unlike the
/// thread pool's loops it allocates nothing once its threads have started, and keeps to its number of threads.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private readonly Action<int> _part;
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _start = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private int _next;
    private int _count;
    private bool _started;
    private bool _disposed;
    private ExceptionDispatchInfo? _error;

    /// <summary>A team that does <paramref name="part"/>; its threads start with the first work.</summary>
    public WorkerTeam(int threads, Action<int> part)
    {
        _part = part;
        _threads = new Thread[threads - 1];
    }

    /// <summary>Does parts 0 to count - 1 and returns when they are done; the first error ends the work, and is thrown again here. One call at a time.</summary>
    public void Run(int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Start();
        (_next, _count, _error) = (0, count, null);
        int helpers = Math.Clamp(count - 1, 0, _threads.Length);
        if (helpers > 0)
        {
            _start.Release(helpers);
        }

        TakeParts();
        for (int i = 0; i < helpers; i++)
        {
            _done.Wait();
        }

        _error?.Throw();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_started)
        {
            _start.Release(Math.Max(1, _threads.Length));
            Array.ForEach(_threads, thread => thread.Join());
        }

        _start.Dispose();
        _done.Dispose();
    }

    private void Start()
    {
        for (int i = 0; i < _threads.Length && !_started; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"GpuSer features {i + 1}" };
            _threads[i].Start();
        }

        _started = true;
    }

    private void Work()
    {
        for (_start.Wait(); !_disposed; _start.Wait())
        {
            TakeParts();
            _done.Release();
        }
    }

    private void TakeParts()
    {
        int index;
        while (_error is null && (index = Interlocked.Increment(ref _next) - 1) < _count)
        {
            try
            {
                _part(index);
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(error), null);
            }
        }
    }
}
