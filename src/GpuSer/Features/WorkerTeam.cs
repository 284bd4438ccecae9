using System.Runtime.ExceptionServices;

namespace GpuSer.Features;

/// <summary>
/// Threads that share the numbered, independent parts of one piece of work at a time, the calling thread among them. Unlike the
/// thread pool's loops it allocates nothing once its threads have started, keeps to its number of threads, and tells each part a number
/// that no other part has at the same time, so that memory can be by that number.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _start = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private Action<int, int> _part = static (_, _) => { };
    private int _next;
    private int _count;
    private int _numbers;
    private bool _started;
    private bool _disposed;
    private ExceptionDispatchInfo? _error;

    /// <summary>A team whose threads start with the first work.</summary>
    public WorkerTeam(int threads) => _threads = new Thread[threads - 1];

    /// <summary>Does parts 0 to count - 1 and returns when they are done; the first error ends the work, and is thrown again here. One call at a time.</summary>
    /// <param name="count">How many parts.</param>
    /// <param name="part">Does one part; gets a number under the smaller of threads and <paramref name="count"/>, 0 being the caller's, and the part's.</param>
    public void Run(int count, Action<int, int> part)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Start();
        (_part, _next, _count, _numbers, _error) = (part, 0, count, 0, null);
        int helpers = Math.Clamp(count - 1, 0, _threads.Length);
        if (helpers > 0)
        {
            _start.Release(helpers);
        }

        TakeParts(0);
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

    // Any of the threads may wake, where there are fewer parts than threads: so numbers go by the call, not by the thread.
    private void Work()
    {
        for (_start.Wait(); !_disposed; _start.Wait())
        {
            TakeParts(Interlocked.Increment(ref _numbers));
            _done.Release();
        }
    }

    private void TakeParts(int number)
    {
        int index;
        while (_error is null && (index = Interlocked.Increment(ref _next) - 1) < _count)
        {
            try
            {
                _part(number, index);
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(error), null);
            }
        }
    }
}
